-- Outcomes of closed weeks as they stand now: what carries value, shipped or given up, and every change.
with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
)

select
    outcomes.outcome_id,
    outcomes.person_key,
    coalesce(outcomes.team_id, '{{ var("no_team") }}') as team_id,
    {{ others_of('teams.parent_team_id') }} as others_of_parent,
    cast({{ dbt.date_trunc('week', 'coalesce(outcomes.shipped_at, outcomes.abandoned_at)') }} as date) as week_start,
    cast({{ dbt.date_trunc('month', 'coalesce(outcomes.shipped_at, outcomes.abandoned_at)') }} as date) as month_start,
    outcomes.container,
    outcomes.container_type,
    outcomes.survival is not null and outcomes.carries_value as is_shipped,
    outcomes.survival is null as is_abandoned,
    -- What a repository ships is its changes; the value of one may stand on an issue beside it.
    outcomes.survival is not null
    and (outcomes.outcome_type = 'change' or (outcomes.container_type = 'project' and outcomes.carries_value))
        as is_counted,
    outcomes.survival,
    -- Nothing that shipped in the week can still turn out not to last.
    {{ dbt.dateadd('day', 7 + var('survival_days'), dbt.date_trunc('week', 'outcomes.shipped_at')) }}
    <= last_export.day as is_settled,
    case when outcomes.survival is not null then outcomes.value_units else 0 end as value_units,
    -- Work on which nothing was spent cost nothing; tokens without any known price have no cost.
    case when costs.outcome_id is null then 0 else costs.cost_usd end as cost_usd,
    case when outcomes.survival is not null then times.lead_time_hours end as lead_time_hours
from {{ ref('fct_outcomes') }} as outcomes
cross join last_export
left join {{ ref('dim_team') }} as teams on outcomes.team_id = teams.team_id
left join {{ ref('int_bearer_costs') }} as costs
    on case when outcomes.carries_value then outcomes.outcome_id end = costs.outcome_id
left join {{ ref('int_outcomes_of_weeks') }} as times on outcomes.outcome_id = times.outcome_id
where
    not outcomes.is_bot
    and outcomes.outcome_type in ('change', 'issue')
    and coalesce(outcomes.shipped_at, outcomes.abandoned_at) >= {{ closed_before() }}
    and (outcomes.carries_value or (outcomes.outcome_type = 'change' and outcomes.survival is not null))
    and {{ is_closed('coalesce(outcomes.shipped_at, outcomes.abandoned_at)', 'last_export.day') }}
