-- What the next publication tells of containers for the first time, by what is in them. Whoever publishes keeps it in
-- told.containers.
select
    'spent' as kind,
    container_type,
    container,
    month_start,
    person_key,
    usage_id as cell_id,
    piece,
    total_tokens,
    cost_usd,
    cast(null as boolean) as is_counted,
    cast(null as boolean) as value_is_told,
    cast(null as decimal(20, 4)) as value_units,
    cast(null as timestamp) as told_at,
    tier,
    tiers_are_told,
    cast(null as boolean) as cost_is_told,
    cast(null as boolean) as lead_time_is_told,
    cast(null as double) as lead_time_hours
from {{ ref('int_container_usage_to_tell') }}

union all

select
    'shipped',
    container_type,
    container,
    month_start,
    person_key,
    outcome_id,
    1,
    cast(null as bigint),
    cost_usd,
    is_counted,
    value_is_told,
    value_units,
    cast(null as timestamp),
    cast(null as {{ dbt.type_string() }}),
    cast(null as boolean),
    cost_is_told,
    lead_time_is_told,
    lead_time_hours
from {{ ref('int_container_outcomes_to_tell') }}
