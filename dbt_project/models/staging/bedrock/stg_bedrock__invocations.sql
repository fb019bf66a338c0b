-- Calls that Bedrock logged. Input excludes what was read from the cache or written to it; for how long it was written
-- is not said.
select
    load_id,
    'bedrock' as source,
    'bedrock' as said_tool,
    response_id,
    request_id,
    request_id as record_id,
    cast(null as string) as session_id,
    'bedrock' as account_system,
    account_key,
    tag_branch_key as branch_key,
    cast(null as string) as folder_key,
    tag_repository_key as repository_key,

    provider as said_provider,
    model as said_model,
    'standard' as terms,
    input_tokens as input_uncached_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_tokens, 0) as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    coalesce(cache_write_tokens, 0) = 0 as cache_writes_are_split,
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
from {{ source('raw', 'bedrock_invocations') }}
