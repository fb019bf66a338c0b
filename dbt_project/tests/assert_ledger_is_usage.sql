-- For every row of fct_usage the ledger sums to its tokens and dollars exactly, whatever it was divided by.
with ledger as (
    select
        usage_id,
        sum(tokens) as tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('fct_attribution') }}
    group by usage_id
)

select
    coalesce(usage.usage_id, ledger.usage_id) as usage_id,
    usage.total_tokens,
    ledger.tokens,
    usage.cost_usd,
    ledger.cost_usd as ledger_cost_usd
from {{ ref('fct_usage') }} as usage
full outer join ledger on usage.usage_id = ledger.usage_id
where
    coalesce(usage.total_tokens, -1) <> coalesce(ledger.tokens, -1)
    or coalesce(usage.cost_usd, -1) <> coalesce(ledger.cost_usd, -1)
