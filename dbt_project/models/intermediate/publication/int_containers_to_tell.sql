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
    cast(null as timestamp) as told_at
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
    cast(null as decimal(20, 10)),
    is_counted,
    value_is_told,
    value_units,
    cast(null as timestamp)
from {{ ref('int_container_outcomes_to_tell') }}
