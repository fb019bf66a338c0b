-- Commits of a pull request, as they were on its branch.
select
    pulls.repository_key,
    commits.pull_request,
    commits.sha,
    cast(null as string) as author_login_key,
    commits.author_key,
    cast(null as string) as committer_login_key,
    commits.committer_key,
    coalesce(commits.is_bot, false) as is_bot,
    coalesce(commits.is_merge, false) as is_merge,
    commits.change_fingerprint,
    commits.issue_keys,
    {{ empty_list() }} as closed_issues,
    {{ empty_list() }} as entire_checkpoints,
    commits.authored_at,
    commits.committed_at
from ({{ current_rows('azure_devops_pull_request_commits') }}) as commits
inner join {{ ref('stg_azure_devops__pull_requests') }} as pulls
    on commits.organisation = pulls.organisation and commits.pull_request = pulls.pull_request
qualify row_number() over (
    partition by pulls.repository_key, commits.pull_request, commits.sha
    order by commits.extracted_at desc, commits.change_fingerprint
) = 1
