-- The value of a piece of work stands on one row: whatever bears the value of others bears its own, so that none
-- is passed on twice; and exactly the bearers carry value. Else value_units could not be summed.
select
    'passed on twice' as found,
    bearers.bearer_id as outcome_id
from {{ ref('int_value_bearers') }} as bearers
left join {{ ref('int_value_bearers') }} as own
    on bearers.bearer_id = own.outcome_id and own.outcome_id = own.bearer_id and own.places = 1
where own.outcome_id is null

union all

select
    'carries what it does not bear',
    outcomes.outcome_id
from {{ ref('fct_outcomes') }} as outcomes
left join {{ ref('int_value_bearers') }} as own
    on outcomes.outcome_id = own.outcome_id and own.outcome_id = own.bearer_id
where
    -- An outcome of closed days carries what it did then.
    (
        outcomes.carries_value <> (own.outcome_id is not null)
        and coalesce(outcomes.shipped_at, outcomes.abandoned_at, outcomes.opened_at) >= {{ closed_before() }}
    )
    or (outcomes.outcome_type = 'release' and outcomes.carries_value)
