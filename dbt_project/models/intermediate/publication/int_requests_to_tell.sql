-- The requests behind what the next publication tells of usage, of those whose keys give way with somebody's. Whoever
-- publishes keeps them in told.requests, and the others in told.request_ids: whoever they are said to be of later, and
-- of which team, they are told.
-- Of usage that only a vendor's report tells of, its person, day, tool and model are kept as well: logs of it that
-- come later tell nothing new. It is looked up by itself: what is read twice the engine would write down, and that
-- were all requests.
{{ config(materialized='view') }}

select
    owned_key as request_key,
    cast(null as timestamp) as told_at
from {{ ref('int_usage_keys') }}
where
    usage_id in (select pieces.usage_id from {{ ref('int_usage_to_tell') }} as pieces)
    -- The same again: by their days the engine need not read all requests that ever were.
    and usage_date in (select pieces.usage_date from {{ ref('int_usage_to_tell') }} as pieces)
    and owned_key is not null
union all
select distinct
    {{ key_under('person_key', ['usage_date', 'tool', 'model_key']) }},
    cast(null as timestamp)
from {{ ref('int_circumstances_placed') }}
where
    is_aggregate
    and person_key is not null
    and usage_id in (select pieces.usage_id from {{ ref('int_usage_to_tell') }} as pieces)
