-- Responses that Codex reported. Input holds what was read from the cache, output holds reasoning.
{% set reported %}
    {{ key_of([
        'session_id', 'input_tokens', 'coalesce(cached_input_tokens, 0)', 'output_tokens',
        'coalesce(reasoning_output_tokens, 0)'
    ]) }}
{% endset %}

select
    load_id,
    'otel' as source,
    'codex' as said_tool,
    cast(null as string) as response_id,
    -- As its rollout knows it: by its session and what it counted.
    {{ reported }} as request_id,
    {{ reported }} as record_id,
    session_id,
    'otel' as account_system,
    account_key,
    tag_branch_key as branch_key,
    cast(null as string) as folder_key,
    tag_repository_key as repository_key,

    cast(null as string) as said_provider,
    model as said_model,
    'standard' as terms,
    greatest(input_tokens - coalesce(cached_input_tokens, 0), 0) as input_uncached_tokens,
    coalesce(cached_input_tokens, 0) as cache_read_tokens,
    0 as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    true as cache_writes_are_split,
    output_tokens,
    0 as web_searches,
    cast(null as decimal(20, 10)) as vendor_cost_usd,
    cast(null as string) as vendor_cost_basis,

    1 as record_rank,
    'final' as output_quality,

    tag_issue,
    tag_pull_request,
    tag_commit,

    coalesce(occurred_at, event_at) as occurred_at
from {{ source('raw', 'otel_codex_responses') }}
