-- Commits as they stand on the branches of pull requests. A pull request that carries the default
-- branch elsewhere lists everybody's commits and made none of them.
select
    pulls.outcome_id,
    pulls.repository_key,
    pulls.pull_request,
    pulls.merged_at,
    commits.sha,
    commits.author_key,
    commits.tracker as login_system,
    commits.author_login_key,
    commits.committer_key,
    commits.committer_login_key,
    commits.is_bot,
    commits.is_merge,
    commits.change_fingerprint,
    commits.issue_keys,
    commits.closed_issues,
    commits.entire_checkpoints,
    commits.authored_at,
    commits.committed_at
from {{ ref('stg_trackers__pull_commits') }} as commits
inner join {{ ref('int_repositories') }} as repositories on commits.repository_key = repositories.repository_key
inner join {{ ref('int_pull_requests') }} as pulls
    on repositories.known_as_key = pulls.repository_key and commits.pull_request = pulls.pull_request
where not pulls.is_from_default_branch
-- The same branch may have been exported under an old name of the repository and a new one.
qualify row_number() over (
    partition by pulls.repository_key, pulls.pull_request, commits.sha order by commits.repository_key
) = 1
