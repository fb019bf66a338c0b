-- Figures that must agree, set beside each other.
with usage_and_ledger as (
    select
        cast(sum(usage.total_tokens) as decimal(38, 10)) as tokens,
        cast(coalesce(sum(usage.cost_usd), 0) as decimal(38, 10)) as dollars
    from {{ ref('fct_usage') }} as usage
),

ledger as (
    select
        cast(sum(tokens) as decimal(38, 10)) as tokens,
        cast(coalesce(sum(cost_usd), 0) as decimal(38, 10)) as dollars
    from {{ ref('fct_attribution') }}
),

requests as (
    select
        cast(sum(total_tokens) as decimal(38, 10)) as tokens,
        cast(coalesce(sum(cost_usd), 0) as decimal(38, 10)) as dollars
    from {{ ref('int_usage_placed') }}
),

totals as (
    select 'requests against usage' as reconciliation, 'tokens' as unit, requests.tokens as ours, usage.tokens as theirs
    from requests cross join usage_and_ledger as usage
    union all
    select 'requests against usage', 'dollars', requests.dollars, usage.dollars
    from requests cross join usage_and_ledger as usage
    union all
    select 'usage against the ledger', 'tokens', usage.tokens, ledger.tokens
    from usage_and_ledger as usage cross join ledger
    union all
    select 'usage against the ledger', 'dollars', usage.dollars, ledger.dollars
    from usage_and_ledger as usage cross join ledger
)

select
    reconciliation,
    cast(null as string) as source,
    cast(null as string) as provider,
    cast(null as string) as model,
    cast(null as date) as usage_date,
    unit,
    cast(ours as decimal(38, 10)) as ours,
    cast(theirs as decimal(38, 10)) as theirs,
    cast(ours - theirs as decimal(38, 10)) as difference
from totals

union all

-- What a vendor or a client says a request cost, beside the list price of its day.
select
    'list price against the export''s own cost',
    source,
    provider,
    model,
    usage_date,
    'dollars',
    cast(sum(cost_usd) as decimal(38, 10)),
    cast(sum(vendor_cost_usd) as decimal(38, 10)),
    cast(sum(cost_usd) - sum(vendor_cost_usd) as decimal(38, 10))
from {{ ref('int_usage_placed') }}
where vendor_cost_usd is not null and cost_usd is not null
group by source, provider, model, usage_date
