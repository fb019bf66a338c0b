-- What the requests of each day are, as one number: a day is looked at again only where it is another one.
select
    cast(occurred_at as date) as usage_date,
    {{ mark_of(['cast(occurred_at as date)'], number_of(['circumstance_id', 'mark'])) }} as mark
from {{ ref('int_usage_requests') }}
group by cast(occurred_at as date)
