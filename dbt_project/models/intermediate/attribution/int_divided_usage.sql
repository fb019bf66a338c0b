-- Usage that work meets, by circumstances, day, outcome and evidence: a request that several outcomes share is divided
-- evenly, what does not divide going to the first ones; what nothing links stands without an outcome. It is divided
-- again where what its links are made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_link_marks') }}"
    )
}}

with parts as (
    select
        circumstance_id,
        usage_date,
        mark
    from {{ ref('int_link_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

links as (
    select links.*
    from {{ ref('int_request_links') }} as links
    inner join parts on links.made_of = parts.mark
),

shares as (
    select
        parts.circumstance_id,
        parts.usage_date,
        parts.mark as made_of,
        requests.occurred_at,
        links.outcome_id,
        coalesce(links.method, 'none') as method,
        coalesce(links.place, 1) as place,
        coalesce(links.places, 1) as places,
        requests.total_tokens,
        requests.cost_units
    from {{ ref('int_usage_priced') }} as requests
    inner join parts
        on requests.circumstance_id = parts.circumstance_id and requests.usage_date = parts.usage_date
    left join links on parts.mark = links.made_of and requests.request_number = links.request_number
),

divided as (
    select
        circumstance_id,
        usage_date,
        made_of,
        occurred_at,
        outcome_id,
        method,
        {{ share_of('total_tokens', 'place', 'places') }} as tokens,
        {{ share_of('cost_units', 'place', 'places') }} as cost_units
    from shares
)

select
    circumstance_id,
    usage_date,
    outcome_id,
    method,
    min(occurred_at) as first_used_at,
    cast(sum(tokens) as bigint) as tokens,
    {{ in_dollars('sum(cost_units)') }} as cost_usd,
    made_of
from divided
group by circumstance_id, usage_date, outcome_id, method, made_of
