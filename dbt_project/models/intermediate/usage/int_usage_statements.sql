-- What is said of requests now, each statement with the key of its request.
-- A transcript knows the request by the header's id and by the response's, a client's event by the
-- first only, a gateway by the second only: where any export knows both, they are one request.
{{ config(materialized='view') }}

with evidence as (
    select statements.*
    from {{ ref('int_usage_evidence') }} as statements
    inner join {{ source('audit', 'loads') }} as loads on statements.load_id = loads.load_id
    where loads.superseded_at is null
),

both_ids as (
    select
        request_id,
        min(response_id) as response_id
    from evidence
    where request_id is not null and response_id is not null
    group by request_id
)

select
    evidence.*,
    coalesce(evidence.response_id, both_ids.response_id, evidence.request_id, evidence.record_id) as request_key
from evidence
left join both_ids on evidence.request_id = both_ids.request_id
