-- By which key publications remember each request, and all that only a report tells of, with the usage that it goes
-- into. Of most a digest, which stays what it is: other numbers are the engine's, and may change with its version.
-- A key that begins with somebody's stays a text, and gives way with it.
{{ config(materialized='view') }}

with keys as (
    select
        request_digest,
        owned_key,
        circumstance_id,
        usage_date
    from {{ ref('int_usage_requests') }}
    union all
    select
        {{ digest_of('request_key') }},
        case when {{ is_under_a_key('request_key') }} then request_key end,
        request_number,
        usage_date
    from {{ ref('int_vendor_counted') }}
)

select
    keys.request_digest,
    keys.owned_key,
    placed.usage_id,
    keys.usage_date,
    placed.person_key,
    placed.tool,
    placed.model_key,
    placed.is_aggregate
from keys
inner join {{ ref('int_circumstances_placed') }} as placed
    on keys.circumstance_id = placed.circumstance_id and keys.usage_date = placed.usage_date
