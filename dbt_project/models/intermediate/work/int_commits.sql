-- Commits under the name their repository goes by now.
select
    repositories.known_as_key as repository_key,
    commits.sha,
    commits.author_key,
    commits.login_system,
    commits.author_login_key,
    commits.committer_key,
    commits.committer_login_key,
    commits.is_bot,
    commits.on_default_branch,
    commits.is_merge,
    commits.change_fingerprint,
    commits.subject_key,
    commits.merged_pull_request,
    commits.subject_pull_request,
    commits.reverted_commits,
    commits.reverted_pull_requests,
    commits.closed_issues,
    commits.issue_keys,
    commits.entire_checkpoints,
    commits.authored_at,
    commits.committed_at
from {{ ref('stg_git__commits') }} as commits
inner join {{ ref('int_repositories') }} as repositories on commits.repository_key = repositories.repository_key
-- The same commit under an old name and a new one is one commit.
qualify row_number() over (
    partition by repositories.known_as_key, commits.sha order by commits.on_default_branch desc, commits.repository_key
) = 1
