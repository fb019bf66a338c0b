-- A seat on a day, and its share of the month's price: the days of a month sum to the price, to the last decimal.
with priced as (
    select
        days.*,
        prices.usd_per_month,
        prices.basis
    from {{ ref('int_seat_days') }} as days
    left join {{ ref('int_seat_prices') }} as prices
        on
            days.source = prices.source
            and coalesce(prices.plan, days.plan) = days.plan
            and days.seat_date >= prices.valid_from
            and days.seat_date < prices.valid_to
    qualify row_number() over (
        partition by days.source, days.account_key, days.seat_date
        order by prices.place, prices.valid_from desc, prices.usd_per_month desc
    ) = 1
),

shares as (
    select
        *,
        cast(extract(day from seat_date) as integer) as day_of_month,
        cast(extract(day from {{ dbt.last_day('seat_date', 'month') }}) as integer) as days_of_month,
        {{ in_units('usd_per_month') }} as units_of_month
    from priced
),

used as (
    select distinct person_key, tool, usage_date from {{ ref('fct_usage') }} where person_key is not null
    union
    select person_key, tool, usage_date from {{ ref('int_vendor_days') }}
)

select
    {{ key_of(['shares.source', 'shares.account_key', 'shares.seat_date']) }} as seat_day_id,
    shares.seat_date,
    people.person_key,
    people.team_id,
    shares.source,
    shares.plan,
    used.person_key is not null as is_used,
    case
        when shares.usd_per_month is not null
            then {{ in_dollars(share_of('shares.units_of_month', 'shares.day_of_month', 'shares.days_of_month')) }}
    end as seat_cost_usd,
    shares.basis as seat_cost_basis
from shares
left join {{ ref('int_account_days') }} as people
    on
        shares.source = people.system
        and shares.account_key = people.account_key
        and shares.seat_date = people.day
left join used
    on
        people.person_key = used.person_key
        and shares.source = used.tool
        and shares.seat_date = used.usage_date
