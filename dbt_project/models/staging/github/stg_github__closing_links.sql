-- Issues that pull requests close, as GitHub itself says.
select distinct
    repository_key,
    pull_request,
    issue_repository_key,
    issue as issue_number,
    cast(null as string) as issue_key
from ({{ current_rows('github_closing_references') }}) as closed
