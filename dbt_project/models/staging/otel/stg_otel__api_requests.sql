-- Claude Code's own events, one a request. They do not tell cache writes of 5 minutes from those
-- of an hour; Claude Code writes for an hour where a plan allows, so the vendor's figure stands beside.
select
    load_id,
    'otel' as source,
    'claude_code' as said_tool,
    cast(null as string) as response_id,
    request_id,
    coalesce(request_id, {{ key_of(['session_id', 'event_sequence', 'event_at']) }}) as record_id,
    session_id,
    'otel' as account_system,
    account_key,
    tag_branch_key as branch_key,
    cast(null as string) as folder_key,
    tag_repository_key as repository_key,

    cast(null as string) as said_provider,
    model as said_model,
    case when speed = 'fast' then 'fast' else 'standard' end as terms,
    coalesce(input_tokens, 0) as input_uncached_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_creation_tokens, 0) as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    coalesce(cache_creation_tokens, 0) = 0 as cache_writes_are_split,
    coalesce(output_tokens, 0) as output_tokens,
    0 as web_searches,
    vendor_cost_usd,
    case when vendor_cost_usd is not null then 'list' end as vendor_cost_basis,

    1 as record_rank,
    'final' as output_quality,

    tag_issue,
    tag_pull_request,
    tag_commit,

    coalesce(occurred_at, event_at) as occurred_at
from {{ source('raw', 'otel_api_requests') }}
