-- What is said of requests now, each statement with the key of its request.
-- A transcript knows the request by the header's id and by the response's, a client's event by the
-- first only, a gateway by the second only: where any export knows both, or where client and gateway tell of the same
-- counters at the same time, they are one request. Where the client's record names the response by an id of its own,
-- that stands for what the gateway calls it.
{{ config(materialized='view') }}

{% set said_now %}
{{ ref('int_usage_evidence') }} as said
inner join {{ source('audit', 'loads') }} as loads on said.load_id = loads.load_id and loads.superseded_at is null
{% endset %}

-- Not from what is selected below: the engine would write down all that is selected, to read it twice.
with both_ids as (
    select
        said.request_id,
        min(said.response_id) as response_id
    from {{ said_now }}
    where said.request_id is not null and said.response_id is not null
    group by said.request_id
),

own_ids as (
    select
        said.request_id,
        said.response_id
    from {{ said_now }}
    where said.response_id is not null
),

matched as (
    select
        pairs.request_id,
        pairs.response_id,
        min(own_ids.response_id) as own_response_id
    from {{ ref('int_usage_matched') }} as pairs
    left join own_ids on pairs.request_id = own_ids.request_id
    where pairs.is_matched
    group by pairs.request_id, pairs.response_id
),

by_request as (
    select request_id, response_id from both_ids
    union all
    select request_id, response_id from matched where own_response_id is null
)

select
    evidence.*,
    loads.extracted_at,
    coalesce(
        matched.own_response_id, evidence.response_id, by_request.response_id, evidence.request_id, evidence.record_id
    ) as request_key
from {{ ref('int_usage_evidence') }} as evidence
inner join {{ source('audit', 'loads') }} as loads on evidence.load_id = loads.load_id
left join by_request on evidence.request_id = by_request.request_id
left join matched on evidence.response_id = matched.response_id
where loads.superseded_at is null
