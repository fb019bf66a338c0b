-- Requests of which a client tells by an id of its own and a gateway by the response's, and that are one (see
-- int_usage_alike). Pairs that do not hold any more stay with is_matched = false: what was built of them is built anew.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='delete+insert',
        unique_key=['request_id', 'response_id'],
        on_schema_change='fail'
    )
}}

with newest as (
    select max(load_id) as load_id from {{ source('audit', 'loads') }}
)

{% if is_incremental() %}
select
    coalesce(matched.request_id, built.request_id) as request_id,
    coalesce(matched.response_id, built.response_id) as response_id,
    matched.request_id is not null as is_matched,
    newest.load_id as since_load_id
from {{ ref('int_usage_alike') }} as matched
full outer join {{ this }} as built
    on matched.request_id = built.request_id and matched.response_id = built.response_id
cross join newest
where (matched.request_id is not null) <> coalesce(built.is_matched, false)
{% else %}
select
    matched.request_id,
    matched.response_id,
    true as is_matched,
    newest.load_id as since_load_id
from {{ ref('int_usage_alike') }} as matched
cross join newest
{% endif %}
