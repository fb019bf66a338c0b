-- One row per line that tells of a request. A request stands on several lines; which of them
-- counts is decided where all evidence of a request comes together.
with lines as (
    select * from {{ source('raw', 'claude_code_requests') }}
),

cache_writes as (
    select
        *,
        coalesce(cache_write_1h_tokens, 0) as written_for_an_hour,
        -- Before 2.1.152 the figure on top could be 0 while its parts were not.
        greatest(
            coalesce(cache_creation_input_tokens, 0),
            coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0)
        ) as written
    from lines
)

select
    -- ids
    load_id,
    'claude_code' as source,
    'claude_code' as said_tool,
    -- Gateways put ids of their own making in place of the vendor's; those may repeat.
    case when left(message_id, 4) = 'msg_' then message_id end as response_id,
    request_id,
    line_uuid as record_id,
    session_id,
    'claude_code' as account_system,
    account_key,
    branch_key,
    folder_key,
    cast(null as string) as repository_key,

    -- what was bought
    cast(null as string) as said_provider,
    model as said_model,
    case
        when service_tier = 'batch' then case inference_geo when 'us' then 'us_batch' else 'batch' end
        when speed = 'fast' then case inference_geo when 'us' then 'us_fast' else 'fast' end
        when inference_geo = 'us' then 'us'
        else 'standard'
    end as terms,
    coalesce(input_tokens, 0) as input_uncached_tokens,
    coalesce(cache_read_input_tokens, 0) as cache_read_tokens,
    written - least(written_for_an_hour, written) as cache_write_5m_tokens,
    least(written_for_an_hour, written) as cache_write_1h_tokens,
    true as cache_writes_are_split,
    coalesce(output_tokens, 0) as output_tokens,
    coalesce(web_search_requests, 0) as web_searches,
    vendor_cost_usd,
    case when vendor_cost_usd is not null then 'list' end as vendor_cost_basis,

    -- how good the evidence is
    case record_type when 'assistant' then 1 else 2 end as record_rank,
    case
        when {{ version_below('client_version', [2, 1, 97]) }} then 'placeholder'
        else 'final'
    end as output_quality,

    -- tags
    cast(null as string) as tag_issue,
    cast(null as bigint) as tag_pull_request,
    cast(null as string) as tag_commit,

    -- times
    occurred_at
from cache_writes
