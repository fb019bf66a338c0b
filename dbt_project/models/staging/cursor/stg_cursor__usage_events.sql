-- Requests among Cursor's usage events; what failed or was not counted in tokens is none. Input excludes the cache.
-- What Cursor charges is its contract's price, of what a seat covers as well.
select
    load_id,
    'cursor' as source,
    'cursor' as said_tool,
    cast(null as string) as response_id,
    cast(null as string) as request_id,
    {{ key_under('account_key', [
        'occurred_at', 'model', 'coalesce(input_tokens, 0)', 'coalesce(cache_write_tokens, 0)',
        'coalesce(cache_read_tokens, 0)', 'coalesce(output_tokens, 0)'
    ]) }} as record_id,
    cast(null as string) as session_id,
    'cursor' as account_system,
    account_key,
    cast(null as string) as branch_key,
    cast(null as string) as folder_key,
    cast(null as string) as repository_key,

    cast(null as string) as said_provider,
    model as said_model,
    'standard' as terms,
    coalesce(input_tokens, 0) as input_uncached_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_tokens, 0) as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    coalesce(cache_write_tokens, 0) = 0 as cache_writes_are_split,
    coalesce(output_tokens, 0) as output_tokens,
    0 as web_searches,
    charged_usd as vendor_cost_usd,
    case when charged_usd is not null then 'contracted' end as vendor_cost_basis,

    -- The dashboard rounds to a cent.
    case when is_from_dashboard then 2 else 1 end as record_rank,
    'final' as output_quality,

    cast(null as string) as tag_issue,
    cast(null as bigint) as tag_pull_request,
    cast(null as string) as tag_commit,

    occurred_at
from {{ source('raw', 'cursor_usage_events') }}
where
    coalesce(input_tokens, 0) + coalesce(cache_write_tokens, 0) + coalesce(cache_read_tokens, 0)
    + coalesce(output_tokens, 0) > 0
