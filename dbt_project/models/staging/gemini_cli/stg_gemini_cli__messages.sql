-- Answers of Gemini CLI. Input holds cached tokens; thoughts are billed as output and stand apart.
-- Of a chat written line by line only the first line names the session.
-- Grows by what was loaded since: whose answer it is follows from other lines of its file, which are gone from here
-- when the file is replaced, and what is built of it has yet to learn that.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_forgotten_loads(this) }}"
    )
}}

with chats as (
    select
        file_key,
        min(session_id) as session_id
    from ({{ current_rows('gemini_cli_chats') }}) as first_lines
    group by file_key
),

messages as (
    select
        said.load_id,
        coalesce(said.session_id, chats.session_id, said.chat) as session_id,
        said.message_id,
        said.account_key,
        said.model,
        said.input_tokens,
        coalesce(said.output_tokens, 0) as output_tokens,
        coalesce(said.cached_tokens, 0) as cached_tokens,
        coalesce(said.thought_tokens, 0) as thought_tokens,
        coalesce(said.tool_tokens, 0) as tool_tokens,
        said.occurred_at
    from ({{ current_rows('gemini_cli_messages') }}) as said
    left join chats on said.file_key = chats.file_key
)

select
    load_id,
    'gemini_cli' as source,
    'gemini_cli' as said_tool,
    {{ dbt.concat(['session_id', "'/'", 'message_id']) }} as response_id,
    -- As the tool itself reports it elsewhere: by its session and what it counted.
    {{ key_of([
        'session_id', 'input_tokens', 'output_tokens', 'cached_tokens', 'thought_tokens', 'tool_tokens'
    ]) }} as request_id,
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
    greatest(input_tokens - cached_tokens, 0) + tool_tokens as input_uncached_tokens,
    cached_tokens as cache_read_tokens,
    0 as cache_write_5m_tokens,
    0 as cache_write_1h_tokens,
    true as cache_writes_are_split,
    output_tokens + thought_tokens as output_tokens,
    0 as web_searches,
    cast(null as decimal(20, 10)) as vendor_cost_usd,
    cast(null as string) as vendor_cost_basis,

    1 as record_rank,
    'final' as output_quality,

    cast(null as string) as tag_issue,
    cast(null as bigint) as tag_pull_request,
    cast(null as string) as tag_commit,

    occurred_at
from messages
{% if is_incremental() %}
where load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{% endif %}
