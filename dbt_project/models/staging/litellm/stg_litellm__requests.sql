-- Requests that went through the gateway. What it answered from its own cache was not bought.
select
    load_id,
    'litellm' as source,
    coalesce(client, 'litellm') as said_tool,
    request_id as response_id,
    cast(null as string) as request_id,
    request_id as record_id,
    nullif(session_id, '') as session_id,
    'litellm' as account_system,
    account_key,
    tag_branch_key as branch_key,
    cast(null as string) as folder_key,
    tag_repository_key as repository_key,

    provider as said_provider,
    model as said_model,
    'standard' as terms,
    greatest(prompt_tokens - coalesce(cache_read_tokens, 0) - coalesce(cache_write_tokens, 0), 0)
        as input_uncached_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_tokens, 0) - least(coalesce(cache_write_1h_tokens, 0), coalesce(cache_write_tokens, 0))
        as cache_write_5m_tokens,
    least(coalesce(cache_write_1h_tokens, 0), coalesce(cache_write_tokens, 0)) as cache_write_1h_tokens,
    cache_write_1h_tokens is not null or coalesce(cache_write_tokens, 0) = 0 as cache_writes_are_split,
    completion_tokens as output_tokens,
    0 as web_searches,
    -- The gateway writes 0 where it knows no price.
    nullif(spend_usd, 0) as vendor_cost_usd,
    case when spend_usd <> 0 then 'list' end as vendor_cost_basis,

    1 as record_rank,
    'final' as output_quality,

    tag_issue,
    tag_pull_request,
    tag_commit,

    started_at as occurred_at
from {{ source('raw', 'litellm_requests') }}
where lower(coalesce(cache_hit, '')) <> 'true'
