-- What a seat costs a month, and when: the company's own contract, else the list price. A contract without a plan is
-- for all plans.
select
    source,
    plan,
    usd_per_month,
    valid_from,
    valid_to,
    'contracted' as basis,
    case when plan is null then 2 else 1 end as place
from {{ ref('stg_prices__seats') }}
union all
select source, plan, usd_per_month, valid_from, valid_to, 'list', 3
from {{ ref('seat_prices') }}
