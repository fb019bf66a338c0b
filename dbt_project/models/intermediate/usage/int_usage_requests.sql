-- One row a request, however many lines and exports tell of it.
-- Most requests are told of once: to rank one statement costs as much as to rank many, so those go by.
-- The engine would write down the statements because they are read more than once, with every column that any part
-- wants: of a day of 25 million requests that did not fit into memory, and to read them again costs less. Of what
-- changed it would guess that it is more than ever was, and compare everything with everything: those joins are done
-- as written.
-- depends_on: {{ ref('int_changed_requests') }}
-- depends_on: {{ ref('int_changed_loads') }}
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook=[
            '{{ forget_changed_requests(this) }}',
            "{{ without_optimizer('common_subplan' ~ (',join_order,build_side_probe_side' if is_incremental() else '')) }}",
        ],
        post_hook='{{ with_the_usual_optimizers() }}'
    )
}}

{% set statements = 'changed_statements' if is_incremental() else ref('int_usage_statements') %}

with
{% if is_incremental() %}
changed_statements as materialized (
    select statements.*
    from {{ ref('int_usage_statements') }} as statements
    inner join {{ ref('int_changed_requests') }} as changed
        on {{ number_of(['statements.request_key']) }} = changed.request_number
    where statements.load_id in (select loads.load_id from {{ ref('int_changed_loads') }} as loads)
),

{% endif %}
-- By a number, which is sorted in half of the time; of two keys with one number each is settled by itself.
several as (
    {{ repeated(number_of(['request_key']), statements) }}
),

told_once as (
    select
        statements.request_key,
        cast(1 as bigint) as statements,
        statements.load_id as newest_load_id,
        {% for column in of_the_best_statement() + of_the_first_to_say() %}
        statements.{{ column }},
        {% endfor %}
        case when statements.account_key is not null then statements.account_system end as account_system,
        case when statements.said_model is not null then coalesce(statements.said_provider, '') end as said_provider,
        statements.said_model,
        coalesce(statements.terms, 'standard') as terms,
        statements.web_searches,
        statements.vendor_cost_usd,
        case when statements.vendor_cost_usd is not null then statements.vendor_cost_basis end as vendor_cost_basis,
        statements.cache_write_5m_tokens + statements.cache_write_1h_tokens as written_tokens,
        case when statements.cache_writes_are_split then statements.cache_write_1h_tokens end
            as written_for_an_hour_tokens
    from {{ statements }} as statements
    left join several on {{ number_of(['statements.request_key']) }} = several.number
    where several.number is null
),

told_again as (
    select * from {{ statements }}
    where {{ number_of(['request_key']) }} in (select several.number from several)
),

requests as (
    select * from told_once
    union all
    {{ settled('told_again') }}
),

counted as (
    select
        *,
        {{ number_of(['request_key']) }} as request_number,
        cast(occurred_at as date) as usage_date,
        written_tokens - coalesce(written_for_an_hour_tokens, 0) as cache_write_5m_tokens,
        coalesce(written_for_an_hour_tokens, 0) as cache_write_1h_tokens,
        written_for_an_hour_tokens is not null as cache_writes_are_split
    from requests
)

select
    *,
    {{ number_of(circumstances()) }} as circumstance_id,
    -- Of all that counts of it: sums of them say of which days something is not what it was.
    {{ number_of(['web_searches'] + counted_of_requests()) }} as mark
from counted
