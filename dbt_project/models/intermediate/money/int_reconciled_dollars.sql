-- What usage costs at list price against what vendors and invoices say that it costs, for each kind of money apart.
-- A report's own list price less what it charges is a discount, or what a seat or plan covers. What has no price with
-- us, or is sold without telling of tokens, a day that is still revised, and less than a cent explain the rest.
{% set has_no_price %}
    rest < 0 and (
        unpriced_tokens > 0
        or (ours = 0 and source in ('{{ var("sellers_of_tools") | join("', '") }}'))
    )
{% endset %}

with said as (
    select
        statements.source,
        statements.report,
        days.person_key,
        statements.tool,
        statements.provider,
        statements.model_key,
        statements.usage_date,
        statements.vendor_cost_basis,
        max(statements.is_provisional) as is_provisional,
        cast(sum(statements.vendor_cost_usd) as decimal(38, 10)) as theirs
    from {{ ref('int_vendor_statements') }} as statements
    left join {{ ref('int_account_days') }} as days
        on
            statements.account_system = days.system
            and statements.account_key = days.account_key
            and statements.usage_date = days.day
    where statements.vendor_cost_usd is not null
    group by
        statements.source, statements.report, days.person_key, statements.tool, statements.provider,
        statements.model_key, statements.usage_date, statements.vendor_cost_basis
),

keyed as (
    select
        *,
        {{ key_of(['source', 'report', 'person_key', 'tool', 'provider', 'model_key', 'usage_date']) }} as place,
        max(case when vendor_cost_basis = 'list' then theirs end) over (
            partition by source, report, person_key, tool, provider, model_key, usage_date
        ) as list_usd
    from said
),

used as (
    select
        placed.person_key,
        placed.tool,
        placed.provider,
        placed.model_key,
        placed.usage_date,
        sum(summed.cost_usd) as cost_usd,
        sum(summed.unpriced_tokens) as unpriced_tokens
    from {{ ref('int_usage_summed') }} as summed
    inner join {{ ref('int_circumstances_placed') }} as placed
        on summed.circumstance_id = placed.circumstance_id and summed.usage_date = placed.usage_date
    group by placed.person_key, placed.tool, placed.provider, placed.model_key, placed.usage_date
),

beside as (
    select
        keyed.place,
        keyed.vendor_cost_basis,
        sum(used.cost_usd) as ours,
        sum(used.unpriced_tokens) as unpriced_tokens
    from keyed
    inner join used
        on
            keyed.usage_date = used.usage_date
            and coalesce(keyed.person_key, used.person_key, '') = coalesce(used.person_key, '')
            and coalesce(keyed.tool, used.tool) = used.tool
            and coalesce(keyed.provider, used.provider) = used.provider
            and coalesce(keyed.model_key, used.model_key, '') = coalesce(used.model_key, '')
    group by keyed.place, keyed.vendor_cost_basis
),

compared as (
    select
        keyed.*,
        cast(coalesce(beside.ours, 0) as decimal(38, 10)) as ours,
        coalesce(beside.unpriced_tokens, 0) as unpriced_tokens,
        cast(coalesce(keyed.list_usd - keyed.theirs, 0) as decimal(38, 10)) as explained_by_terms,
        cast(coalesce(beside.ours, 0) - coalesce(keyed.list_usd, keyed.theirs) as decimal(38, 10)) as rest
    from keyed
    left join beside on keyed.place = beside.place and keyed.vendor_cost_basis = beside.vendor_cost_basis
)

select
    case
        when source = 'focus' then 'usage against the invoice' else 'usage against the vendor''s costs'
    end as reconciliation,
    source,
    report,
    person_key,
    provider,
    model_key as model,
    usage_date,
    vendor_cost_basis as cost_basis,
    ours,
    theirs,
    explained_by_terms,
    case when {{ has_no_price }} then rest else 0 end as explained_by_missing_prices,
    case
        when not ({{ has_no_price }}) and is_provisional then rest else 0
    end as explained_by_revision,
    case
        when not ({{ has_no_price }}) and not is_provisional and abs(rest) < 0.01 then rest else 0
    end as explained_by_rounding
from compared
