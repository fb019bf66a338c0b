-- Issues that merge requests close, as GitLab itself says.
select distinct
    repository_key,
    merge_request as pull_request,
    issue_repository_key,
    issue as issue_number,
    cast(null as string) as issue_key
from ({{ current_rows('gitlab_closed_issues') }}) as closed
