-- What Anthropic reports of Claude Code by day, account and model. A day is reported anew until it is complete:
-- the latest report is right, not the largest. Amounts in another currency are no dollars.
select
    load_id,
    cast(began_at as date) as usage_date,
    account_key,
    model,
    organization_id,
    customer_type,
    subscription_type,
    terminal_type,
    is_remote,
    coalesce(input_tokens, 0) as input_uncached_tokens,
    coalesce(cache_read_tokens, 0) as cache_read_tokens,
    coalesce(cache_write_tokens, 0) as cache_write_tokens,
    coalesce(output_tokens, 0) as output_tokens,
    case when coalesce(currency, 'USD') = 'USD' then cost_usd end as vendor_cost_usd
from ({{ current_rows('anthropic_claude_code_days') }}) as days
qualify row_number() over (
    partition by
        began_at, account_key, model, organization_id, customer_type, subscription_type, terminal_type, is_remote
    order by extracted_at desc, output_tokens desc, input_tokens desc
) = 1
