-- One row a request, however many lines and exports tell of it.
-- The counters come from the best statement: final before placeholder, the client's own record
-- before what it reported and what the gateway saw, then the fullest. Time, session and branch come
-- from the earliest statement of the best source.
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

with statements as (
    select * from {{ ref('int_usage_statements') }}
    {% if is_incremental() %}
    where request_key in (select changed.request_key from ({{ changed_requests(this) }}) as changed)
    {% endif %}
),

ranked as (
    select
        *,
        row_number() over (
            partition by request_key
            order by
                case output_quality when 'final' then 1 else 2 end, source_rank, record_rank,
                total_tokens desc, output_tokens desc, {{ order_of_statements() }}
        ) as counters_rank,
        row_number() over (
            partition by request_key
            order by source_rank, {{ order_of_statements() }}
        ) as context_rank,
        row_number() over (
            partition by request_key
            order by case when account_key is null then 2 else 1 end, source_rank, {{ order_of_statements() }}
        ) as account_rank
    from statements
),

together as (
    select
        request_key,
        count(*) as statements,
        max(load_id) as newest_load_id,
        max(branch_key) as branch_key,
        max(repository_key) as repository_key,
        max(session_id) as session_id,
        max(tag_issue) as tag_issue,
        max(tag_pull_request) as tag_pull_request,
        max(tag_commit) as tag_commit,
        max(vendor_cost_usd) as vendor_cost_usd,
        max(vendor_cost_basis) as vendor_cost_basis,
        -- How the cache writes divide, where another export says so of the same number.
        max(case when cache_writes_are_split then cache_write_5m_tokens + cache_write_1h_tokens end) as written,
        max(case when cache_writes_are_split then cache_write_1h_tokens end) as written_for_an_hour
    from ranked
    group by request_key
)

select
    together.request_key,
    together.statements,
    together.newest_load_id,
    counters.source,
    context.said_tool,
    coalesce(counters.said_provider, context.said_provider) as said_provider,
    coalesce(counters.said_model, context.said_model) as said_model,
    counters.terms,
    coalesce(context.session_id, together.session_id) as session_id,
    account.account_system,
    account.account_key,
    coalesce(context.branch_key, together.branch_key) as branch_key,
    context.folder_key,
    coalesce(context.repository_key, together.repository_key) as repository_key,
    together.tag_issue,
    together.tag_pull_request,
    together.tag_commit,
    counters.input_uncached_tokens,
    counters.cache_read_tokens,
    case
        when counters.cache_writes_are_split or together.written is null then counters.cache_write_5m_tokens
        when together.written = counters.cache_write_5m_tokens then together.written - together.written_for_an_hour
        else counters.cache_write_5m_tokens
    end as cache_write_5m_tokens,
    case
        when counters.cache_writes_are_split or together.written is null then counters.cache_write_1h_tokens
        when together.written = counters.cache_write_5m_tokens then together.written_for_an_hour
        else counters.cache_write_1h_tokens
    end as cache_write_1h_tokens,
    counters.cache_writes_are_split or coalesce(together.written = counters.cache_write_5m_tokens, false)
        as cache_writes_are_split,
    counters.output_tokens,
    counters.total_tokens,
    counters.web_searches,
    counters.output_quality,
    together.vendor_cost_usd,
    together.vendor_cost_basis,
    context.occurred_at
from together
inner join ranked as counters on together.request_key = counters.request_key and counters.counters_rank = 1
inner join ranked as context on together.request_key = context.request_key and context.context_rank = 1
inner join ranked as account on together.request_key = account.request_key and account.account_rank = 1
