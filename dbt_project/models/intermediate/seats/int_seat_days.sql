-- Days of every seat: from when it was assigned, as far back as any export speaks of usage at all, until it was last
-- seen or is to end. What a seat cost in years of which nothing else is known would stand beside nothing.
with seats as (
    select source, account_key, plan, began_on, last_seen_on, ends_on from {{ ref('stg_copilot__seats') }}
    union all
    select source, account_key, plan, began_on, last_seen_on, ends_on from {{ ref('stg_cursor__seats') }}
    union all
    select source, account_key, plan, began_on, last_seen_on, ends_on from {{ ref('stg_kiro__seats') }}
),

known as (
    select min(day) as first_day
    from (
        select min(usage_date) as day from {{ ref('int_usage_requests') }}
        union all
        select min(usage_date) from {{ ref('int_vendor_statements') }}
    ) as days
),

spans as (
    select
        seats.source,
        seats.account_key,
        seats.plan,
        greatest(seats.began_on, coalesce(known.first_day, date_trunc('month', seats.last_seen_on))) as first_day,
        least(seats.last_seen_on, coalesce(seats.ends_on, seats.last_seen_on)) as last_day
    from seats
    cross join known
    where seats.last_seen_on is not null and seats.account_key is not null
),

days as (
    {{ days_between(
        "(select cast(min(first_day) as date) from spans)", "(select cast(max(last_day) as date) from spans)"
    ) }}
)

select
    spans.source,
    spans.account_key,
    spans.plan,
    days.date_day as seat_date
from spans
inner join days on spans.first_day <= days.date_day and spans.last_day >= days.date_day
