-- What Copilot's reports say by day, account and model, in the words that all reports share. The bill stands there
-- twice, before and after the quota that a seat includes: both are never added up. Premium requests are counted in
-- weights and credits in cents, so neither is a number of requests. Only the command line's tokens are known by
-- person, with cached ones in the input and without a model; a newer bill has tokens of its own.
{% set nothing %}cast(null as bigint){% endset %}

with said as (
    select
        load_id, 'billing' as report, model as said_model, account_key, cost_center, usage_date,
        {{ nothing }} as requests, input_tokens as input_uncached_tokens, cache_read_tokens,
        cache_write_tokens as cache_write_5m_tokens, {{ nothing }} as cache_write_1h_tokens, output_tokens,
        gross_usd as vendor_cost_usd, 'list' as vendor_cost_basis
    from {{ ref('stg_copilot__billing') }}
    union all
    select
        load_id, 'billing', model, account_key, cost_center, usage_date, null, null, null, null, null, null, net_usd,
        'billed'
    from {{ ref('stg_copilot__billing') }}
    union all
    select
        load_id, 'user_days', null, account_key, null, usage_date, cli_requests, cli_prompt_tokens,
        null, null, null, cli_output_tokens, null, null
    from {{ ref('stg_copilot__user_days') }}
    where cli_requests > 0 or cli_prompt_tokens > 0
)

select
    max(load_id) as load_id,
    'copilot' as source,
    report,
    'copilot' as said_tool,
    cast(null as string) as said_provider,
    said_model,
    'copilot' as account_system,
    account_key,
    'standard' as terms,
    false as is_long_context,
    cost_center,
    usage_date,
    {{ summed_report() }}
from said
group by report, said_model, account_key, cost_center, usage_date, vendor_cost_basis
