-- What invoices say of AI by day and model, in the words that all reports share: as billed, as contracted and at list
-- price, which are never added up. Taxes, credits and corrections are billed, too. No invoice knows a person.
{% set bases = {'billed': 'billed_cost', 'contracted': 'contracted_cost', 'list': 'list_cost'} %}

with charges as (
    select
        *,
        case
            when lower(seller) in ('aws', 'amazon web services') then 'aws'
            when lower(seller) like 'microsoft%' then 'azure'
            when lower(seller) like 'google%' then 'google'
            else lower(seller)
        end as said_provider
    from {{ ref('stg_focus__charges') }}
    where is_ai and is_in_dollars
),

said as (
    {% for basis, column in bases.items() %}
    select
        load_id, said_provider, model, cost_center, usage_date,
        {{ column }} as vendor_cost_usd, '{{ basis }}' as vendor_cost_basis
    from charges
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    max(load_id) as load_id,
    'focus' as source,
    'invoice' as report,
    cast(null as string) as said_tool,
    said_provider,
    model as said_model,
    cast(null as string) as account_system,
    cast(null as string) as account_key,
    'standard' as terms,
    false as is_long_context,
    cost_center,
    usage_date,
    {% for counter in ['requests'] + var('counts_of_reports') %}
    cast(null as bigint) as {{ counter }},
    {% endfor %}
    cast(sum(vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    vendor_cost_basis
from said
group by said_provider, model, cost_center, usage_date, vendor_cost_basis
