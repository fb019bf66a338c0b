-- The requests behind what the next publication tells of usage, by a digest of what their exports call them: that stays
-- what it is, and texts take twice as long to be written.
{{ config(materialized='view') }}

select
    request_digest,
    cast(null as timestamp) as told_at
from {{ ref('int_usage_keys') }}
where
    usage_id in (select pieces.usage_id from {{ ref('int_usage_to_tell') }} as pieces)
    -- The same again: by their days the engine need not read all requests that ever were.
    and usage_date in (select pieces.usage_date from {{ ref('int_usage_to_tell') }} as pieces)
    and owned_key is null
