-- One row a merge request, as the last export has it.
select
    repository_key,
    merge_request as pull_request,
    title_key,
    author_key,
    coalesce(is_bot, false) as is_bot,
    source_branch_key as head_branch_key,
    head_sha,
    cast(null as string) as head_repository_key,
    is_from_fork,
    target_branch_key as base_branch_key,
    cast(null as string) as default_branch_key,
    merge_commit_sha,
    squash_commit_sha,
    cast(null as bigint) as added_lines,
    cast(null as bigint) as deleted_lines,
    closed_issues,
    title_issue_keys,
    body_issue_keys,
    reverted_commits,
    reverted_merge_requests as reverted_pull_requests,
    created_at,
    -- Only what was closed without merging says so here.
    coalesce(merged_at, closed_at) as closed_at,
    merged_at,
    project_id,
    coalesce(updated_at, extracted_at) as known_at
from ({{ current_rows('gitlab_merge_requests') }}) as merge_requests
qualify row_number() over (
    partition by repository_key, merge_request
    order by
        coalesce(updated_at, extracted_at) desc, extracted_at desc, merged_at desc nulls last,
        closed_at desc nulls last, head_sha, title_key
) = 1
