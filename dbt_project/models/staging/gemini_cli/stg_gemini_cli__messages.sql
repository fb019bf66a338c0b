-- Answers of Gemini CLI. Input holds cached tokens; thoughts are billed as output and stand apart.
select
    load_id,
    'gemini_cli' as source,
    'gemini_cli' as said_tool,
    cast(null as string) as response_id,
    cast(null as string) as request_id,
    {{ dbt.concat(['session_id', "'/'", 'message_id']) }} as record_id,
    session_id,
    'gemini_cli' as account_system,
    account_key,
    cast(null as string) as branch_key,
    cast(null as string) as folder_key,
    cast(null as string) as repository_key,

    cast(null as string) as said_provider,
    model as said_model,
    'standard' as terms,
    greatest(input_tokens - coalesce(cached_tokens, 0), 0) + coalesce(tool_tokens, 0) as input_uncached_tokens,
    coalesce(cached_tokens, 0) as cache_read_tokens,
    0 as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    true as cache_writes_are_split,
    coalesce(output_tokens, 0) + coalesce(thought_tokens, 0) as output_tokens,
    0 as web_searches,
    cast(null as decimal(20, 10)) as vendor_cost_usd,
    cast(null as string) as vendor_cost_basis,

    1 as record_rank,
    'final' as output_quality,

    cast(null as string) as tag_issue,
    cast(null as bigint) as tag_pull_request,
    cast(null as string) as tag_commit,

    occurred_at
from {{ source('raw', 'gemini_cli_messages') }}
