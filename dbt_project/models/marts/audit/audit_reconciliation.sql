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
    from (
        select total_tokens, cost_usd from {{ ref('int_usage_summed') }}
        union all
        -- Of closed days no request is kept.
        select total_tokens, cost_usd from {{ ref('fct_usage') }} where usage_date < {{ closed_before() }}
    ) as all_requests
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
    cast(null as string) as report,
    cast(null as string) as person_key,
    cast(null as string) as provider,
    cast(null as string) as model,
    cast(null as date) as usage_date,
    unit,
    cast(null as string) as cost_basis,
    cast(ours as decimal(38, 10)) as ours,
    cast(theirs as decimal(38, 10)) as theirs,
    cast(ours - theirs as decimal(38, 10)) as difference,
    cast(0 as decimal(38, 10)) as explained,
    cast(null as string) as explanation,
    cast(ours - theirs as decimal(38, 10)) as unexplained
from totals

union all

-- What a vendor or a client says a request cost, beside the list price of its day.
select
    'list price against the export''s own cost',
    placed.source,
    null,
    null,
    placed.provider,
    placed.model,
    placed.usage_date,
    'dollars',
    max(placed.vendor_cost_basis),
    cast(sum(summed.cost_beside_vendor_usd) as decimal(38, 10)),
    cast(sum(summed.vendor_cost_beside_usd) as decimal(38, 10)),
    cast(sum(summed.cost_beside_vendor_usd) - sum(summed.vendor_cost_beside_usd) as decimal(38, 10)),
    cast(0 as decimal(38, 10)),
    null,
    cast(sum(summed.cost_beside_vendor_usd) - sum(summed.vendor_cost_beside_usd) as decimal(38, 10))
from {{ ref('int_usage_summed') }} as summed
inner join {{ ref('int_circumstances_placed') }} as placed
    on summed.circumstance_id = placed.circumstance_id and summed.usage_date = placed.usage_date
where summed.cost_beside_vendor_usd is not null and not placed.is_aggregate
group by placed.source, placed.provider, placed.model, placed.usage_date

union all

select
    reconciliation,
    source,
    report,
    person_key,
    provider,
    model,
    usage_date,
    'tokens',
    null,
    cast(ours as decimal(38, 10)),
    cast(theirs as decimal(38, 10)),
    cast(ours - theirs as decimal(38, 10)),
    cast(explained_by_counting + explained_by_revision as decimal(38, 10)),
    case
        when explained_by_counting <> 0 and explained_by_revision <> 0
            then 'counted from the report; the report is still revised'
        when explained_by_counting <> 0 then 'counted from the report'
        when explained_by_revision <> 0 then 'the report is still revised'
    end,
    cast(ours - theirs - explained_by_counting - explained_by_revision as decimal(38, 10))
from {{ ref('int_reconciled_tokens') }}

union all

select
    reconciliation,
    source,
    report,
    person_key,
    provider,
    model,
    usage_date,
    'dollars',
    cost_basis,
    ours,
    theirs,
    cast(ours - theirs as decimal(38, 10)),
    cast(
        explained_by_terms + explained_by_missing_prices + explained_by_revision + explained_by_rounding
        as decimal(38, 10)
    ),
    nullif({{ dbt.concat([
        "case when explained_by_terms <> 0 then 'a discount, or covered by a seat; ' else '' end",
        "case when explained_by_missing_prices <> 0 then 'no price or no tokens are known; ' else '' end",
        "case when explained_by_revision <> 0 then 'the report is still revised; ' else '' end",
        "case when explained_by_rounding <> 0 then 'rounding; ' else '' end",
    ]) }}, ''),
    cast(
        ours - theirs - explained_by_terms - explained_by_missing_prices - explained_by_revision
        - explained_by_rounding as decimal(38, 10)
    )
from {{ ref('int_reconciled_dollars') }}
