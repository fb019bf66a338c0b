-- A team's week: what it spent, what it shipped, and what the shipped work cost.
{% set of_the_week = 'partition by team_weeks.week_start' %}

with weeks as (
    select distinct week_start from {{ ref('dim_date') }}
),

headcounts as (
    -- Who is in the team on the week's last day.
    select
        memberships.team_id,
        weeks.week_start,
        count(distinct memberships.person_key) as headcount
    from weeks
    inner join {{ ref('int_memberships') }} as memberships
        on
            {{ dbt.dateadd('day', 6, 'weeks.week_start') }} >= memberships.valid_from
            and {{ dbt.dateadd('day', 6, 'weeks.week_start') }} < memberships.valid_to
    group by memberships.team_id, weeks.week_start
),

team_weeks as (
    select team_id, week_start from headcounts
    union
    select team_id, week_start from {{ ref('int_team_week_usage') }}
    union
    select team_id, week_start from {{ ref('int_team_week_outcomes') }}
)

select
    team_weeks.team_id,
    team_weeks.week_start,
    headcounts.headcount,
    coalesce(usage.people_active, 0) as people_active,
    coalesce(usage.requests, 0) as requests,
    coalesce(usage.total_tokens, 0) as total_tokens,
    coalesce(usage.unpriced_tokens, 0) as unpriced_tokens,
    -- No usage costs nothing; usage without any known price has no cost.
    case when usage.team_id is null then cast(0 as decimal(20, 10)) else usage.cost_usd end as cost_usd,
    {% for tier in var('tiers') %}
    coalesce(usage.cost_{{ tier }}_usd, cast(0 as decimal(20, 10))) as cost_{{ tier }}_usd,
    {% endfor %}
    cast(coalesce(outcomes.outcomes_shipped, 0) as bigint) as outcomes_shipped,
    cast(coalesce(outcomes.outcomes_survived, 0) as bigint) as outcomes_survived,
    cast(coalesce(outcomes.outcomes_undone, 0) as bigint) as outcomes_undone,
    cast(coalesce(outcomes.outcomes_pending, 0) as bigint) as outcomes_pending,
    cast(coalesce(outcomes.outcomes_abandoned, 0) as bigint) as outcomes_abandoned,
    cast(coalesce(outcomes.value_units, 0) as decimal(20, 4)) as value_units,
    {% for cost in ['cohort_cost_usd', 'cohort_cost_undone_usd', 'attempted_cost_usd'] %}
    cast(case when outcomes.team_id is null then 0 else outcomes.{{ cost }} end as decimal(20, 10)) as {{ cost }},
    {% endfor %}
    cast({{ ratio('outcomes.cohort_cost_usd', 'outcomes.value_units') }} as decimal(20, 10)) as cost_per_value_unit_usd,
    cast(
        {{ ratio('outcomes.attempted_cost_usd', 'outcomes.outcomes_shipped + outcomes.outcomes_abandoned') }}
        as decimal(20, 10)
    ) as cost_per_attempt_usd,
    cast(coalesce(outcomes.outcomes_with_lead_time, 0) as bigint) as outcomes_with_lead_time,
    outcomes.lead_time_hours,
    {{ ratio('coalesce(usage.total_tokens, 0)', 'sum(usage.total_tokens) over (' ~ of_the_week ~ ')') }} as token_share,
    {{ ratio('coalesce(outcomes.value_units, 0)', 'sum(outcomes.value_units) over (' ~ of_the_week ~ ')') }}
        as value_share
from team_weeks
left join headcounts on team_weeks.team_id = headcounts.team_id and team_weeks.week_start = headcounts.week_start
left join {{ ref('int_team_week_usage') }} as usage
    on team_weeks.team_id = usage.team_id and team_weeks.week_start = usage.week_start
left join {{ ref('int_team_week_outcomes') }} as outcomes
    on team_weeks.team_id = outcomes.team_id and team_weeks.week_start = outcomes.week_start
