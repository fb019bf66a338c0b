-- Requests of which more than one statement tells, each as one row: what the exports say of it, settled.
-- depends_on: {{ ref('int_changed_requests') }}
-- depends_on: {{ ref('int_changed_loads') }}
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook=[
            '{{ forget_changed_requests(this) }}',
            '{{ without_what_misjudges_statements() }}',
        ],
        post_hook='{{ with_the_usual_optimizers() }}'
    )
}}

{% set statements = 'statements' if is_incremental() else ref('int_usage_statements') %}

with
{% if is_incremental() %}
statements as materialized (
    {{ statements_to_settle() }}
),

{% endif %}
-- By a number, which is sorted in half of the time; of two keys with one number each is settled by itself.
several as (
    {{ repeated(number_of(['request_key']), statements) }}
),

told_again as (
    select * from {{ statements }}
    where {{ number_of(['request_key']) }} in (select several.number from several)
)

select
    settled.*,
    {{ number_of(['request_key']) }} as request_number
from ({{ settled('told_again') }}) as settled
