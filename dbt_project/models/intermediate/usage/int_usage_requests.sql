-- One row a request, however many lines and exports tell of it.
-- The counters come from the best statement: final before placeholder, the client's own record
-- before what it reported and what the gateway saw, then the fullest. Time, session and branch come
-- from the earliest statement of the best source, and what that one leaves out from the next.
-- depends_on: {{ ref('int_usage_evidence') }}
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='delete+insert',
        unique_key='request_key',
        on_schema_change='fail',
        pre_hook='{{ forget_changed_requests(this) }}'
    )
}}

{% set of_the_best_statement = [
    'source', 'input_uncached_tokens', 'cache_read_tokens', 'output_tokens', 'total_tokens', 'output_quality'
] %}
{% set of_the_first_to_say = [
    'said_tool', 'session_id', 'account_key', 'branch_key', 'folder_key', 'repository_key', 'tag_issue',
    'tag_pull_request', 'tag_commit', 'occurred_at'
] %}
{% set best_first %}
    partition by request_key
    order by
        case output_quality when 'final' then 1 else 2 end, source_rank, record_rank, total_tokens desc,
        output_tokens desc, cache_read_tokens desc, cache_write_1h_tokens desc, {{ order_of_statements() }}
{% endset %}

with statements as (
    select * from {{ ref('int_usage_statements') }}
    {% if is_incremental() %}
    where request_key in (select changed.request_key from ({{ changed_requests(this) }}) as changed)
    {% endif %}
),

ranked as (
    select
        *,
        row_number() over ({{ best_first }}) as counters_rank,
        row_number() over (partition by request_key order by source_rank, {{ order_of_statements() }}) as context_rank,
        first_value(cache_write_5m_tokens + cache_write_1h_tokens) over ({{ best_first }}) as written_tokens
    from statements
),

requests as (
    select
        request_key,
        count(*) as statements,
        max(load_id) as newest_load_id,
        {% for column in of_the_best_statement %}
        min_by({{ column }}, counters_rank) as {{ column }},
        {% endfor %}
        {% for column in of_the_first_to_say %}
        {{ first_said(column, 'context_rank') }} as {{ column }},
        {% endfor %}
        {{ first_said('account_system', 'context_rank', where='account_key is not null') }} as account_system,
        -- A model is known under the name that its own provider gives it.
        {{ first_said("coalesce(said_provider, '')", 'counters_rank', where='said_model is not null') }}
            as said_provider,
        {{ first_said('said_model', 'counters_rank') }} as said_model,
        -- Only some exports know of a batch, of fast mode or of searches: what one of them says holds.
        coalesce({{ first_said("nullif(terms, 'standard')", 'counters_rank') }}, 'standard') as terms,
        max(web_searches) as web_searches,
        {{ first_said('vendor_cost_usd', 'counters_rank') }} as vendor_cost_usd,
        {{ first_said('vendor_cost_basis', 'counters_rank', where='vendor_cost_usd is not null') }}
            as vendor_cost_basis,
        max(written_tokens) as written_tokens,
        -- How the cache writes divide may be known to another export, of the same number.
        {{ first_said(
            'cache_write_1h_tokens', 'counters_rank',
            where='cache_writes_are_split and cache_write_5m_tokens + cache_write_1h_tokens = written_tokens'
        ) }} as written_for_an_hour_tokens
    from ranked
    group by request_key
)

select
    *,
    written_tokens - coalesce(written_for_an_hour_tokens, 0) as cache_write_5m_tokens,
    coalesce(written_for_an_hour_tokens, 0) as cache_write_1h_tokens,
    written_for_an_hour_tokens is not null as cache_writes_are_split
from requests
