-- What a seller billed for a month against the list price of what was used, team by team. The difference stands in a
-- line of its own: it is divided over teams in proportion to the list price of what each used, and stays with nobody
-- where nothing was used. Of several documents that say what was billed the invoice itself comes first.
{% set sellers = "('" ~ var('sellers_of_tools') | join("', '") ~ "')" %}

with billed as (
    select
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date) as month_start,
        case when source in {{ sellers }} then source else provider end as seller,
        source,
        report,
        cast(sum(vendor_cost_usd) as decimal(20, 10)) as billed_usd,
        max(is_provisional) as is_provisional
    from {{ ref('int_vendor_statements') }}
    where vendor_cost_basis = 'billed' and coalesce(provider, source) is not null
    group by
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date),
        case when source in {{ sellers }} then source else provider end, source, report
    qualify row_number() over (
        partition by
            cast({{ dbt.date_trunc('month', 'usage_date') }} as date),
            case when source in {{ sellers }} then source else provider end
        order by case when source = 'focus' then 1 else 2 end, source, report
    ) = 1
),

used as (
    select
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date) as month_start,
        case when tool in {{ sellers }} then tool else provider end as seller,
        team_id,
        cast(sum(cost_usd) as decimal(20, 10)) as list_usd
    from {{ ref('fct_usage') }}
    group by
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date),
        case when tool in {{ sellers }} then tool else provider end, team_id
),

parts as (
    select
        billed.month_start,
        billed.seller,
        billed.source,
        billed.report,
        billed.is_provisional,
        billed.billed_usd,
        used.team_id,
        coalesce(used.list_usd, 0) as list_usd,
        sum(coalesce(used.list_usd, 0)) over (partition by billed.month_start, billed.seller) as all_usd,
        sum(coalesce(used.list_usd, 0)) over (
            partition by billed.month_start, billed.seller order by used.team_id rows unbounded preceding
        ) as so_far_usd,
        row_number() over (partition by billed.month_start, billed.seller order by used.team_id) as place,
        count(*) over (partition by billed.month_start, billed.seller) as places
    from billed
    left join used on billed.month_start = used.month_start and billed.seller = used.seller
),

-- Each team's share ends where the next one's begins, so that the shares add up to the last decimal.
cumulated as (
    select
        *,
        cast(case
            when place = places then billed_usd - all_usd
            when all_usd = 0 then 0
            else cast(billed_usd - all_usd as double) * cast(so_far_usd as double) / cast(all_usd as double)
        end as decimal(20, 10)) as difference_so_far
    from parts
)

select
    month_start,
    seller,
    team_id,
    source,
    report,
    cast(list_usd as decimal(20, 10)) as list_usd,
    cast(difference_so_far - coalesce(lag(difference_so_far) over (
        partition by month_start, seller order by place
    ), 0) as decimal(20, 10)) as difference_usd,
    is_provisional
from cumulated
