-- What tools report of a day as metrics, one row a report, day, account and model. They count what events and spans of
-- the same requests tell one by one, and so only matter where there are none.
-- Which counter holds which is each tool's own: Claude Code's are disjoint; the input of all others holds what was
-- cached, and Gemini CLI's output leaves thoughts out.
with sums as (
    select
        case when metric like 'claude_code.%' then 'claude_code.usage' else metric end as report,
        case
            when metric like 'claude_code.%' then 'claude_code'
            when metric like 'gemini_cli.%' then 'gemini_cli'
            when metric like '%turn.token_usage' then 'codex'
            else coalesce(service, 'otel')
        end as said_tool,
        provider,
        model,
        account_key,
        usage_date,
        max(load_id) as load_id,
        {% for column, types in {
            'input_tokens': "'input'",
            'output_tokens': "'output', 'thought'",
            'cached_tokens': "'cacheRead', 'cache', 'cached_input'",
            'written_tokens': "'cacheCreation'",
            'tool_tokens': "'tool'",
        }.items() %}
        cast(sum(case when token_type in ({{ types }}) then tokens else 0 end) as bigint) as {{ column }},
        {% endfor %}
        cast(sum(case when token_type = 'input' then requests end) as bigint) as requests,
        cast(sum(vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd
    from {{ ref('stg_otel__metric_steps') }}
    group by report, said_tool, provider, model, account_key, usage_date
)

select
    load_id,
    'otel' as source,
    report,
    said_tool,
    provider as said_provider,
    model as said_model,
    'otel' as account_system,
    account_key,
    'standard' as terms,
    false as is_long_context,
    cast(null as string) as cost_center,
    usage_date,
    requests,
    case
        when report = 'claude_code.usage' then input_tokens
        else greatest(input_tokens - cached_tokens, 0) + tool_tokens
    end as input_uncached_tokens,
    cached_tokens as cache_read_tokens,
    written_tokens as cache_write_5m_tokens,
    cast(0 as bigint) as cache_write_1h_tokens,
    output_tokens,
    vendor_cost_usd,
    case when vendor_cost_usd is not null then 'list' end as vendor_cost_basis
from sums
