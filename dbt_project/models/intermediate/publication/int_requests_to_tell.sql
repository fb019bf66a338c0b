-- The requests behind what the next publication tells of usage. Whoever publishes keeps them in told.requests:
-- whoever they are said to be of later, and of which team, they are told.
-- Of usage that only a vendor's report tells of, its person, day, tool and model are kept as well: logs of it that
-- come later tell nothing new.
{{ config(materialized='view') }}

with fresh as (
    select
        request_key,
        usage_date,
        person_key,
        tool,
        model_key,
        is_aggregate
    from {{ ref('int_usage_keys') }}
    where
        usage_id in (select pieces.usage_id from {{ ref('int_usage_to_tell') }} as pieces)
        -- The same again: by their days the engine need not read all requests that ever were.
        and usage_date in (select pieces.usage_date from {{ ref('int_usage_to_tell') }} as pieces)
),

told as (
    select request_key from fresh
    union all
    select distinct {{ key_under('person_key', ['usage_date', 'tool', 'model_key']) }}
    from fresh
    where is_aggregate and person_key is not null
)

select
    request_key,
    cast(null as timestamp) as told_at
from told
