-- Model calls among GenAI spans. Input includes what was read from the cache or written to it. Instrumentations that
-- are older than this convention leave it out: their input can be less than what was cached.
select
    load_id,
    'otel' as source,
    coalesce(service, 'otel') as said_tool,
    response_id,
    request_id,
    coalesce(
        response_id,
        request_id,
        {{ key_of(['trace_id', 'span_id', 'case when span_id is null then occurred_at end']) }}
    ) as record_id,
    session_id,
    'otel' as account_system,
    account_key,
    tag_branch_key as branch_key,
    cast(null as string) as folder_key,
    tag_repository_key as repository_key,

    provider as said_provider,
    model as said_model,
    'standard' as terms,
    case
        when input_tokens < coalesce(cache_read_tokens, 0) + coalesce(cache_creation_tokens, 0) then input_tokens
        else coalesce(input_tokens, 0) - coalesce(cache_read_tokens, 0) - coalesce(cache_creation_tokens, 0)
    end as input_uncached_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_creation_tokens, 0) as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    coalesce(cache_creation_tokens, 0) = 0 as cache_writes_are_split,
    coalesce(output_tokens, 0) as output_tokens,
    0 as web_searches,
    cast(null as decimal(20, 10)) as vendor_cost_usd,
    cast(null as string) as vendor_cost_basis,

    1 as record_rank,
    'final' as output_quality,

    tag_issue,
    tag_pull_request,
    tag_commit,

    occurred_at
from {{ source('raw', 'otel_chat_spans') }}
