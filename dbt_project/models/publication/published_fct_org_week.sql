-- The organisation's week, as the sum of what is published of its teams: taken from a larger sum, those would leave
-- what was withheld. So are the number of teams and their ranks; of people only the leaderboard tells, and once.
{{ config(alias='fct_org_week') }}

with published as (
    select
        week_start,
        count(
            case when team_id <> '{{ var("no_team") }}' and (total_tokens > 0 or outcomes_shipped > 0) then 1 end
        ) as teams,
        cast(sum(people_active) as bigint) as people_active,
        cast(sum(total_tokens) as bigint) as total_tokens,
        cast(sum(cost_usd) as decimal(20, 10)) as cost_usd,
        cast(sum(value_units) as decimal(20, 4)) as value_units,
        cast(sum(cost_unattributed_usd) as decimal(20, 10)) as cost_unattributed_usd,
        cast(sum(cohort_cost_undone_usd) as decimal(20, 10)) as cost_undone_usd
    from {{ ref('published_fct_team_week') }}
    group by week_start
),

leaders as (
    select week_start, leaderboard_overlap from {{ source('told', 'org_weeks') }}
    union all
    select week_start, leaderboard_overlap from {{ ref('int_org_weeks_to_tell') }}
),

divergent as (
    select
        week_start,
        count(case when verdict = 'divergent' then 1 end) as teams_divergent
    from {{ ref('published_fct_divergence') }}
    group by week_start
)

select
    published.week_start,
    published.teams,
    published.people_active,
    published.total_tokens,
    published.cost_usd,
    published.value_units,
    {% for figure in ['rank_correlation', 'rank_correlation_low', 'rank_correlation_high'] %}
    {{ unless_nan('ranks.' ~ figure) }} as {{ figure }},
    {% endfor %}
    leaders.leaderboard_overlap,
    published.cost_unattributed_usd,
    published.cost_undone_usd,
    divergent.teams_divergent
from published
left join {{ ref('int_published_week_ranks') }} as ranks on published.week_start = ranks.week_start
left join leaders on published.week_start = leaders.week_start
left join divergent on published.week_start = divergent.week_start
where published.people_active >= {{ var('min_group') }}
