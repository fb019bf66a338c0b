-- The requests behind what the next publication tells of usage. Whoever publishes keeps them in told.requests:
-- whoever they are said to be of later, and of which team, they are told.
select distinct
    placed.request_key,
    cast(null as timestamp) as told_at
from {{ ref('int_usage_placed') }} as placed
inner join {{ ref('int_usage_to_tell') }} as fresh on placed.usage_id = fresh.usage_id
