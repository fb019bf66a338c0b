-- What the next publication tells of outcomes: new ones, and the last word on those whose fate is known by now.
-- Whoever publishes keeps it in told.outcomes. A first and a last version: no third, which somebody's work
-- alone could change.
select
    outcome_id,
    1 as version,
    batch,
    week_start,
    month_start,
    person_key,
    published_team_id,
    container,
    container_type,
    is_shipped,
    is_abandoned,
    is_counted,
    cast(null as {{ dbt.type_string() }}) as fate,
    false as fates_are_told,
    value_is_told,
    cost_is_told,
    abandoned_is_told,
    false as undone_cost_is_told,
    cast(value_units as decimal(20, 4)) as value_units,
    cost_usd,
    cast(null as timestamp) as told_at,
    lead_time_hours,
    lead_time_is_told
from {{ ref('int_outcomes_new_to_tell') }}

union all

select
    settled.outcome_id,
    2,
    settled.batch,
    settled.week_start,
    settled.month_start,
    settled.person_key,
    settled.published_team_id,
    settled.container,
    settled.container_type,
    settled.is_shipped,
    settled.is_abandoned,
    settled.is_counted,
    settled.fate,
    settled.fates_are_told,
    settled.value_is_told_anew or settled.value_is_told,
    settled.cost_is_told_anew or settled.cost_is_told,
    settled.abandoned_is_told,
    settled.fates_are_told and settled.undone_cost_is_told and settled.cost_is_told_anew,
    case when settled.value_is_told_anew then settled.value_units else settled.told_value_units end,
    case
        when settled.cost_is_told_anew and settled.is_shipped then settled.cost_usd else settled.told_cost_usd
    end,
    cast(null as timestamp),
    settled.lead_time_hours,
    settled.lead_time_is_told
from {{ ref('int_outcomes_settled') }} as settled
