-- On which days something was used under which circumstances: of all requests, what has to be known to place them.
select distinct
    circumstance_id,
    cast(occurred_at as date) as usage_date
from {{ ref('int_usage_requests') }}
