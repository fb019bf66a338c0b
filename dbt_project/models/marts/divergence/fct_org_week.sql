-- The organisation's week: what a leaderboard of tokens would have hidden.
with weeks as (
    select
        week_start,
        count(case when team_id <> '{{ var("no_team") }}' and (total_tokens > 0 or outcomes_shipped > 0) then 1 end)
            as teams,
        cast(sum(total_tokens) as bigint) as total_tokens,
        cast(sum(cost_usd) as decimal(20, 10)) as cost_usd,
        cast(sum(value_units) as decimal(20, 4)) as value_units,
        cast(sum(cost_unattributed_usd) as decimal(20, 10)) as cost_unattributed_usd,
        cast(sum(cohort_cost_undone_usd) as decimal(20, 10)) as cost_undone_usd
    from {{ ref('fct_team_week') }}
    group by week_start
),

divergent as (
    select
        week_start,
        count(case when verdict = 'divergent' then 1 end) as teams_divergent
    from {{ ref('fct_divergence') }}
    group by week_start
)

select
    weeks.week_start,
    weeks.teams,
    coalesce(leaders.people_active, 0) as people_active,
    weeks.total_tokens,
    weeks.cost_usd,
    weeks.value_units,
    {% for figure in ['rank_correlation', 'rank_correlation_low', 'rank_correlation_high'] %}
    {{ unless_nan('ranks.' ~ figure) }} as {{ figure }},
    {% endfor %}
    cast(leaders.leaderboard_overlap as double) as leaderboard_overlap,
    weeks.cost_unattributed_usd,
    weeks.cost_undone_usd,
    divergent.teams_divergent
from weeks
left join {{ ref('int_week_ranks') }} as ranks on weeks.week_start = ranks.week_start
left join {{ ref('int_leaderboard_overlap') }} as leaders on weeks.week_start = leaders.week_start
left join divergent on weeks.week_start = divergent.week_start
