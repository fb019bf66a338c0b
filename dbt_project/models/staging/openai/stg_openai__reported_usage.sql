-- What OpenAI's reports say by day, account and model, in the words that all reports share. Its input holds cached
-- input and cache writes as well; kinds that are not made of tokens have requests only. Costs are what is billed.
{% set nothing %}cast(null as bigint){% endset %}

with said as (
    select
        load_id, kind as report, model as said_model, coalesce(user_key, api_key_key) as account_key,
        case
            when is_batch then 'batch'
            when service_tier in ('flex', 'priority') then service_tier
            else 'standard'
        end as terms,
        usage_date, requests,
        case
            when input_tokens is not null
                then greatest(input_tokens - coalesce(cached_tokens, 0) - coalesce(cache_write_tokens, 0), 0)
        end as input_uncached_tokens,
        case when input_tokens is not null then coalesce(cached_tokens, 0) end as cache_read_tokens,
        case when input_tokens is not null then coalesce(cache_write_tokens, 0) end as cache_write_5m_tokens,
        case when input_tokens is not null then 0 end as cache_write_1h_tokens,
        case when input_tokens is not null then coalesce(output_tokens, 0) end as output_tokens,
        cast(null as decimal(20, 10)) as vendor_cost_usd, cast(null as string) as vendor_cost_basis
    from {{ ref('stg_openai__usage') }}
    union all
    select
        load_id, 'costs', model, coalesce(user_key, api_key_key), 'standard', usage_date, {{ nothing }}, null, null,
        null, null, null, cost_usd, 'billed'
    from {{ ref('stg_openai__costs') }}
    where cost_usd is not null
)

select
    max(load_id) as load_id,
    'openai' as source,
    report,
    cast(null as string) as said_tool,
    'openai' as said_provider,
    said_model,
    'openai' as account_system,
    account_key,
    terms,
    false as is_long_context,
    cast(null as string) as cost_center,
    usage_date,
    {{ summed_report() }}
from said
group by report, said_model, account_key, terms, usage_date, vendor_cost_basis
