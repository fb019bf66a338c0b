-- What is said of requests now, each statement with the key of its request.
-- A transcript knows the request by the header's id and by the response's, a client's event by the
-- first only, a gateway by the second only: where any export knows both, or where client and gateway tell of the same
-- counters at the same time, they are one request.
{{ config(materialized='view') }}

with both_ids as (
    -- Not from what is selected below: the engine would write down all that is selected, to read it twice.
    select
        evidence.request_id,
        min(evidence.response_id) as response_id
    from {{ ref('int_usage_evidence') }} as evidence
    inner join {{ source('audit', 'loads') }} as loads on evidence.load_id = loads.load_id
    where loads.superseded_at is null and evidence.request_id is not null and evidence.response_id is not null
    group by evidence.request_id
    union all
    select request_id, response_id
    from {{ ref('int_usage_matched') }}
    where is_matched
)

select
    evidence.*,
    loads.extracted_at,
    coalesce(evidence.response_id, both_ids.response_id, evidence.request_id, evidence.record_id) as request_key
from {{ ref('int_usage_evidence') }} as evidence
inner join {{ source('audit', 'loads') }} as loads on evidence.load_id = loads.load_id
left join both_ids on evidence.request_id = both_ids.request_id
where loads.superseded_at is null
