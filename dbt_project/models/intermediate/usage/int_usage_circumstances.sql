-- Circumstances of requests, one row each: who it was, where, with what and under which terms, in the words of exports.
-- Forty requests and more share one, so what follows from them alone is found once for all.
-- depends_on: {{ ref('int_circumstance_days') }}
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_unused_circumstances(this) }}"
    )
}}

{% if is_incremental() %}
with unknown as (
    select
        circumstance_id,
        usage_date
    from {{ ref('int_circumstance_days') }}
    where circumstance_id not in (select known.circumstance_id from {{ this }} as known)
)

{% endif %}
select distinct
    circumstance_id,
    {{ circumstances() | join(',\n    ') }}
from {{ ref('int_usage_requests') }}
{% if is_incremental() %}
where
    circumstance_id in (select unknown.circumstance_id from unknown)
    -- The same again: by their days the engine need not read all requests that ever were.
    and usage_date in (select unknown.usage_date from unknown)
{% endif %}
