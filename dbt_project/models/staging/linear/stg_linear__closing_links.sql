-- Pull requests that are attached to an issue.
select distinct
    links.repository_key,
    links.pull_request,
    cast(null as string) as issue_repository_key,
    cast(null as bigint) as issue_number,
    issues.issue_key
from ({{ current_rows('linear_attachments') }}) as links
inner join {{ ref('stg_linear__issues') }} as issues on links.issue_id = issues.issue_id
