-- For each request the outcomes that the best evidence names; usually one. A request whose best
-- evidence names several is shared between them.
with links as (
    select * from {{ ref('int_links_by_tag') }}
    union all
    select * from {{ ref('int_links_by_commit') }}
    union all
    select * from {{ ref('int_links_by_pull_request_link') }}
    union all
    select * from {{ ref('int_links_by_branch') }}
    union all
    select * from {{ ref('int_links_by_issue_key') }}
),

best as (
    select
        links.request_key,
        links.outcome_id,
        links.method
    from links
    inner join {{ ref('attribution_methods') }} as methods on links.method = methods.method
    qualify rank() over (partition by links.request_key order by methods.priority) = 1
)

select
    request_key,
    outcome_id,
    method,
    row_number() over (partition by request_key order by outcome_id) as place,
    count(*) over (partition by request_key) as places
from (select distinct request_key, outcome_id, method from best) as links
