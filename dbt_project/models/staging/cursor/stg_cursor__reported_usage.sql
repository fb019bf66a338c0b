-- What Cursor's reports say by day and account, in the words that all reports share. A day has requests, of which the
-- plan, the person's own key or the bill took each; spend is of the cycle so far and stands on its first day, at
-- list price and as billed.
{% set nothing %}cast(null as bigint){% endset %}

with said as (
    select
        load_id, 'daily_usage' as report, account_key, usage_date,
        coalesce(included_requests, 0) + coalesce(api_key_requests, 0) + coalesce(usage_based_requests, 0) as requests,
        cast(null as decimal(20, 10)) as vendor_cost_usd, cast(null as string) as vendor_cost_basis
    from {{ ref('stg_cursor__days') }}
    union all
    select load_id, 'spend', account_key, cast(cycle_began_at as date), {{ nothing }}, spend_usd, 'list'
    from {{ ref('stg_cursor__spend') }}
    union all
    select load_id, 'spend', account_key, cast(cycle_began_at as date), {{ nothing }}, billed_usd, 'billed'
    from {{ ref('stg_cursor__spend') }}
)

select
    max(load_id) as load_id,
    'cursor' as source,
    report,
    'cursor' as said_tool,
    cast(null as string) as said_provider,
    cast(null as string) as said_model,
    'cursor' as account_system,
    account_key,
    'standard' as terms,
    false as is_long_context,
    cast(null as string) as cost_center,
    usage_date,
    cast(sum(requests) as bigint) as requests,
    {% for counter in var('counts_of_reports') %}
    {{ nothing }} as {{ counter }},
    {% endfor %}
    cast(sum(vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    vendor_cost_basis
from said
where requests > 0 or vendor_cost_basis is not null
group by report, account_key, usage_date, vendor_cost_basis
