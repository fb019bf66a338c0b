-- One row a commit. Several exports may hold it; the last one knows where it has got to.
select
    repository_key,
    sha,
    parents,
    author_key,
    login_system,
    author_login_key,
    committer_key,
    committer_login_key,
    -- A commit may have an author without an address, or be exported without its parents.
    coalesce(is_bot, false) as is_bot,
    coalesce(on_default_branch, false) as on_default_branch,
    coalesce(is_merge, false) as is_merge,
    patch_id,
    change_fingerprint,
    subject_key,
    merged_pull_request,
    merged_branch_key,
    subject_pull_request,
    subject_says_revert,
    reverted_commits,
    reverted_pull_requests,
    closed_issues,
    issue_keys,
    entire_checkpoints,
    assistant,
    authored_at,
    committed_at
from ({{ current_rows('git_commits') }}) as commits
qualify row_number() over (
    partition by repository_key, sha order by extracted_at desc, on_default_branch desc, change_fingerprint
) = 1
