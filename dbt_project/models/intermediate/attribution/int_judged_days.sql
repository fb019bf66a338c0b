-- How many links of each kind of evidence could be judged, and how many were right, by day. Of days that are rolled up
-- these counts are all that is left, and how sure the links of later days are rests on them as well.
{{ config(post_hook='{{ put_back_retained() }}') }}

select
    judged_on,
    method,
    count(*) as judged,
    cast(sum(case when is_hit then 1 else 0 end) as bigint) as hits
from {{ ref('int_judged_links') }}
group by judged_on, method
