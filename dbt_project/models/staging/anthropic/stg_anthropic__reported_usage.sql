-- What Anthropic's reports say by day, account and model, in the words that all reports share. Cache writes of the
-- Claude Code report are not divided into those for five minutes and those for an hour; they stand with the first.
-- Its costs are estimates at list price; the cost report is what is billed, the others are after discounts.
{% set terms %}
    case when inference_geo = 'us' then 'us_' else '' end
    || case
        when service_tier = 'batch' then 'batch'
        when speed = 'fast' then 'fast'
        when service_tier = 'priority' then 'priority'
        else 'standard'
    end
{% endset %}
{% set nothing %}cast(null as bigint){% endset %}

with accounts as (
    -- Deleted people lose their address in later reports: it is known from earlier ones.
    select
        user_key,
        max(account_key) as account_key
    from (
        select user_key, account_key from {{ ref('stg_anthropic__usage') }}
        union
        select user_key, account_key from {{ ref('stg_anthropic__costs') }}
    ) as known
    where user_key is not null
    group by user_key
),

said as (
    select
        load_id, 'claude_code' as report, 'claude_code' as said_tool, model as said_model, account_key,
        cast(null as string) as user_key, 'standard' as terms, false as is_long_context, usage_date,
        {{ nothing }} as requests, input_uncached_tokens, cache_read_tokens,
        cache_write_tokens as cache_write_5m_tokens, {{ nothing }} as cache_write_1h_tokens, output_tokens,
        vendor_cost_usd, 'list' as vendor_cost_basis
    from {{ ref('stg_anthropic__claude_code_days') }}
    union all
    select
        load_id, report, case when product = 'claude_code' then product else 'claude_' || lower(product) end, model,
        account_key, user_key, {{ terms }}, coalesce(context_window = '200k-1M', false), usage_date,
        requests, input_tokens, coalesce(cache_read_tokens, 0), coalesce(cache_write_5m_tokens, 0),
        coalesce(cache_write_1h_tokens, 0), output_tokens, null, null
    from {{ ref('stg_anthropic__usage') }}
    union all
    select
        load_id, report, case when product = 'claude_code' then product else 'claude_' || lower(product) end, model,
        account_key, user_key, {{ terms }}, coalesce(context_window = '200k-1M', false), usage_date,
        null, null, null, null, null, null, cost_usd,
        case report when 'cost_report' then 'billed' else 'contracted' end
    from {{ ref('stg_anthropic__costs') }}
    union all
    select
        load_id, report, case when product = 'claude_code' then product else 'claude_' || lower(product) end, model,
        account_key, user_key, {{ terms }}, coalesce(context_window = '200k-1M', false), usage_date,
        null, null, null, null, null, null, list_cost_usd, 'list'
    from {{ ref('stg_anthropic__costs') }}
    where list_cost_usd is not null
)

select
    max(said.load_id) as load_id,
    'anthropic' as source,
    said.report,
    said.said_tool,
    'anthropic' as said_provider,
    said.said_model,
    'anthropic' as account_system,
    coalesce(said.account_key, accounts.account_key, said.user_key) as account_key,
    case said.terms when 'us_standard' then 'us' else said.terms end as terms,
    said.is_long_context,
    cast(null as string) as cost_center,
    said.usage_date,
    {{ summed_report() }}
from said
left join accounts on said.user_key = accounts.user_key
group by
    said.report, said.said_tool, said.said_model, coalesce(said.account_key, accounts.account_key, said.user_key),
    said.terms, said.is_long_context, said.usage_date, said.vendor_cost_basis
