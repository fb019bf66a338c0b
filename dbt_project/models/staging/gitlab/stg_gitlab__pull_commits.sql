-- Commits of a merge request, as they were on its branch.
select
    repository_key,
    merge_request as pull_request,
    sha,
    author_login_key,
    author_key,
    committer_login_key,
    committer_key,
    coalesce(is_bot, false) as is_bot,
    coalesce(is_merge, false) as is_merge,
    change_fingerprint,
    issue_keys,
    closed_issues,
    entire_checkpoints,
    authored_at,
    committed_at
from ({{ current_rows('gitlab_merge_request_commits') }}) as commits
qualify row_number() over (
    partition by repository_key, merge_request, sha order by extracted_at desc, change_fingerprint
) = 1
