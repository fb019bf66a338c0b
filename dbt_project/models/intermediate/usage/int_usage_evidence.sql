-- Every statement that some export makes about some request, in the same words: grows by what was
-- loaded since, and is read by what is current (a newer version of a file ends its older one).
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail'
    )
}}

{% set statements = [
    'stg_claude_code__requests',
    'stg_otel__api_requests',
    'stg_otel__chat_spans',
    'stg_litellm__requests',
    'stg_gemini_cli__messages',
] %}

with statements as (
    {% for statement in statements %}
    select * from {{ ref(statement) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    *,
    input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens
        as total_tokens,
    -- Whose word is taken first: the client's own record, what it reported, what passed the gateway.
    case source when 'claude_code' then 1 when 'gemini_cli' then 1 when 'otel' then 2 else 3 end as source_rank
from statements
{% if is_incremental() %}
where load_id > (select coalesce(max(built.load_id), 0) from {{ this }} as built)
{% endif %}
