-- One row a request, however many lines and exports tell of it. What many requests have in common stands under the
-- number of their circumstances, in int_usage_circumstances: to write it with each took as long as all else.
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

with requests as (
    {{ requests_as_said() }}
),

counted as (
    select
        -- As texts they take twice the time to be written.
        {{ digest_of('request_key') }} as request_digest,
        case when {{ is_under_a_key('request_key') }} then request_key end as owned_key,
        statements,
        newest_load_id,
        web_searches,
        input_uncached_tokens,
        cache_read_tokens,
        output_tokens,
        total_tokens,
        occurred_at,
        -- In eight bytes, which take a fifth of the time of sixteen: no export's row may say more than a million.
        cast(vendor_cost_usd as decimal(18, 10)) as vendor_cost_usd,
        {{ number_of(circumstances()) }} as circumstance_id,
        {{ number_of(['request_key']) }} as request_number,
        cast(occurred_at as date) as usage_date,
        written_tokens - coalesce(written_for_an_hour_tokens, 0) as cache_write_5m_tokens,
        coalesce(written_for_an_hour_tokens, 0) as cache_write_1h_tokens,
        written_for_an_hour_tokens is not null as cache_writes_are_split
    from requests
)

select
    request_digest,
    owned_key,
    statements,
    newest_load_id,
    web_searches,
    {{ counted_of_requests() | join(',\n    ') }},
    circumstance_id,
    -- Of all that counts of it: sums of them say of which days something is not what it was.
    {{ number_of(['web_searches'] + counted_of_requests()) }} as mark
from counted
