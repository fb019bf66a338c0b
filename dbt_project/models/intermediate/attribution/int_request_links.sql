-- For each request the outcomes that the best evidence names; usually one. The company's own tags come
-- first, then the moments of the session, its branch, the only pull request that it noted, and last the
-- issue that the branch names. A request whose best evidence names several outcomes is shared between
-- them.
with links as (
    select request_key, outcome_id, method, 1 as stage from {{ ref('int_links_by_tag') }}
    union all
    select request_key, outcome_id, method, 2 from {{ ref('int_links_by_moment') }}
    union all
    select request_key, outcome_id, method, 3 from {{ ref('int_links_by_branch') }}
    union all
    select request_key, outcome_id, method, 4 from {{ ref('int_links_by_noted_pull_request') }}
    union all
    select request_key, outcome_id, method, 5 from {{ ref('int_links_by_issue_key') }}
),

best as (
    select
        links.request_key,
        links.outcome_id,
        links.method
    from links
    inner join {{ ref('attribution_methods') }} as methods on links.method = methods.method
    qualify rank() over (
        partition by links.request_key
        order by links.stage, case when links.stage = 1 then methods.priority else 0 end
    ) = 1
)

select
    request_key,
    outcome_id,
    method,
    row_number() over (partition by request_key order by outcome_id) as place,
    count(*) over (partition by request_key) as places
from (select distinct request_key, outcome_id, method from best) as links
