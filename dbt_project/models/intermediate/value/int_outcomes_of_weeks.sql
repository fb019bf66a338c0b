-- The outcomes that the weeks of teams are made of: those that carry value, in the week in which they shipped
-- or were given up, with what they cost and how long they took.
select
    outcomes.outcome_id,
    coalesce(outcomes.team_id, '{{ var("no_team") }}') as team_id,
    cast({{ dbt.date_trunc('week', 'coalesce(outcomes.shipped_at, outcomes.abandoned_at)') }} as date) as week_start,
    outcomes.person_key,
    outcomes.container,
    outcomes.survival,
    outcomes.value_units,
    costs.tokens,
    costs.cost_usd,
    -- Usage that began after the work had shipped was not on the way to it.
    case
        when outcomes.shipped_at >= starts.first_used_at
            then {{ hours_between('starts.first_used_at', 'outcomes.shipped_at') }}
    end as lead_time_hours
from {{ ref('fct_outcomes') }} as outcomes
left join {{ ref('int_bearer_costs') }} as costs on outcomes.outcome_id = costs.outcome_id
left join {{ ref('int_bearer_starts') }} as starts on outcomes.outcome_id = starts.outcome_id
where
    outcomes.carries_value and not outcomes.is_bot
    and coalesce(outcomes.shipped_at, outcomes.abandoned_at) is not null
