-- The organisation's week, as the sum of what is published of its teams: taken from a larger sum, those would leave
-- what was withheld.
{{ config(alias='fct_org_week') }}

with published as (
    select
        week_start,
        cast(sum(people_active) as bigint) as people_active,
        cast(sum(total_tokens) as bigint) as total_tokens,
        cast(sum(cost_usd) as decimal(20, 10)) as cost_usd,
        cast(sum(value_units) as decimal(20, 4)) as value_units,
        cast(sum(cost_unattributed_usd) as decimal(20, 10)) as cost_unattributed_usd,
        cast(sum(cohort_cost_undone_usd) as decimal(20, 10)) as cost_undone_usd
    from {{ ref('published_fct_team_week') }}
    group by week_start
),

divergent as (
    select
        week_start,
        count(case when verdict = 'divergent' then 1 end) as teams_divergent
    from {{ ref('published_fct_divergence') }}
    group by week_start
)

select
    weeks.week_start,
    weeks.teams,
    published.people_active,
    published.total_tokens,
    published.cost_usd,
    published.value_units,
    weeks.rank_correlation,
    weeks.rank_correlation_low,
    weeks.rank_correlation_high,
    weeks.leaderboard_overlap,
    published.cost_unattributed_usd,
    published.cost_undone_usd,
    divergent.teams_divergent
from {{ ref('fct_org_week') }} as weeks
inner join published on weeks.week_start = published.week_start
left join divergent on weeks.week_start = divergent.week_start
where weeks.people_active >= {{ var('min_group') }}
