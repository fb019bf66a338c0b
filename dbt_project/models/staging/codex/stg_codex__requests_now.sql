-- Requests that Codex counted, with the model and folder of the turn they were made in. Input holds what was read from
-- the cache and written to it; output holds reasoning.
with turns as (
    select
        file_key,
        model,
        folder_key,
        occurred_at,
        lag(occurred_at) over (partition by file_key order by occurred_at, model, folder_key) as before_at,
        lead(occurred_at) over (partition by file_key order by occurred_at, model, folder_key) as ends_at
    from ({{ current_rows('codex_turns') }}) as current_turns
)

select
    steps.load_id,
    'codex' as source,
    'codex' as said_tool,
    steps.count_id as response_id,
    -- As Codex itself reports it elsewhere: by its session and what it counted.
    {{ key_of([
        'steps.session_id', 'steps.input_tokens', 'steps.cached_input_tokens', 'steps.output_tokens',
        'steps.reasoning_output_tokens'
    ]) }} as request_id,
    steps.count_id as record_id,
    steps.session_id,
    'codex' as account_system,
    steps.account_key,
    steps.branch_key,
    coalesce(turns.folder_key, steps.folder_key) as folder_key,
    steps.repository_key,

    cast(null as string) as said_provider,
    coalesce(steps.model, turns.model) as said_model,
    'standard' as terms,
    greatest(steps.input_tokens - steps.cached_input_tokens - steps.cache_write_input_tokens, 0)
        as input_uncached_tokens,
    steps.cached_input_tokens as cache_read_tokens,
    steps.cache_write_input_tokens as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    true as cache_writes_are_split,
    steps.output_tokens,
    0 as web_searches,
    cast(null as decimal(20, 10)) as vendor_cost_usd,
    cast(null as string) as vendor_cost_basis,

    -- A step over counts that are lost tells of several requests; a copy that holds them says it better.
    case when steps.input_tokens + steps.output_tokens = steps.last_tokens then 1 else 2 end as record_rank,
    'final' as output_quality,

    cast(null as string) as tag_issue,
    cast(null as bigint) as tag_pull_request,
    cast(null as string) as tag_commit,

    steps.occurred_at
from {{ ref('stg_codex__steps') }} as steps
left join turns
    on
        steps.file_key = turns.file_key
        and (steps.occurred_at >= turns.occurred_at or turns.before_at is null)
        and (steps.occurred_at < turns.ends_at or turns.ends_at is null)
