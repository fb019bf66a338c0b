-- Issues under the name their repository goes by now; those with keys are at home on their site.
{{ config(materialized='view') }}

select
    issues.*,
    coalesce(repositories.known_as_key, issues.site) as home,
    repositories.known_as_key
from {{ ref('stg_trackers__issues') }} as issues
left join {{ ref('int_repositories') }} as repositories on issues.repository_key = repositories.repository_key
-- Under an old name of the repository it may still be what it was before.
qualify row_number() over (
    partition by issues.tracker, coalesce(repositories.known_as_key, issues.site), issues.issue_id
    order by issues.known_at desc, issues.repository_key
) = 1
