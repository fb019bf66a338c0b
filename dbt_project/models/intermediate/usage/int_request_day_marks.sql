-- What the requests of each day are, as one number: a day is looked at again only where it is another one.
select
    usage_date,
    {{ mark_of(['usage_date'], number_of(['circumstance_id', 'mark'])) }} as mark
from {{ ref('int_usage_requests') }}
group by usage_date
