-- One row a pull request, as the last export has it.
select
    repository_key,
    pull_request,
    title_key,
    author_key,
    coalesce(is_bot, false) as is_bot,
    head_branch_key,
    head_sha,
    head_repository_key,
    -- The repository of its branch tells.
    cast(null as boolean) as is_from_fork,
    base_branch_key,
    default_branch_key,
    merge_commit_sha,
    -- A squash is the merge commit here.
    cast(null as string) as squash_commit_sha,
    added_lines,
    deleted_lines,
    closed_issues,
    title_issue_keys,
    body_issue_keys,
    reverted_commits,
    reverted_pull_requests,
    created_at,
    closed_at,
    merged_at,
    -- Up to when this row tells the pull request's life.
    coalesce(updated_at, extracted_at) as known_at
from ({{ current_rows('github_pulls') }}) as pulls
qualify row_number() over (
    partition by repository_key, pull_request
    order by
        coalesce(updated_at, extracted_at) desc, extracted_at desc, merged_at desc nulls last,
        closed_at desc nulls last, case when added_lines is null then 2 else 1 end, head_sha, title_key
) = 1
