-- Circumstances of requests, one row each: who it was, where, with what and under which terms, in the words of exports.
-- Forty requests and more share one, so what follows from them alone is found once for all.
-- depends_on: {{ ref('int_changed_requests') }}
-- depends_on: {{ ref('int_changed_loads') }}
-- depends_on: {{ ref('int_circumstance_days') }}
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook=[
            '{{ forget_unused_circumstances(this) }}',
            '{{ without_what_misjudges_statements() }}',
        ],
        post_hook='{{ with_the_usual_optimizers() }}'
    )
}}

with requests as (
    {{ requests_as_said() }}
),

numbered as (
    select
        {{ number_of(circumstances()) }} as circumstance_id,
        {{ circumstances() | join(',\n        ') }}
    from requests
)

select distinct *
from numbered
{% if is_incremental() %}
where circumstance_id not in (select known.circumstance_id from {{ this }} as known)
{% endif %}
