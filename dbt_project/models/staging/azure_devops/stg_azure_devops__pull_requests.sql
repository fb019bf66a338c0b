-- One row a pull request, as the last export has it.
select
    repository_key,
    pull_request,
    title_key,
    author_key,
    coalesce(is_bot, false) as is_bot,
    source_branch_key as head_branch_key,
    head_sha,
    cast(null as string) as head_repository_key,
    is_from_fork,
    target_branch_key as base_branch_key,
    default_branch_key,
    -- Until it is completed this is a trial.
    case when status = 'completed' then merge_commit_sha end as merge_commit_sha,
    cast(null as string) as squash_commit_sha,
    cast(null as bigint) as added_lines,
    cast(null as bigint) as deleted_lines,
    -- Work items have keys here.
    {{ empty_list() }} as closed_issues,
    title_issue_keys,
    body_issue_keys,
    reverted_commits,
    reverted_pull_requests,
    created_at,
    closed_at,
    case when status = 'completed' then closed_at end as merged_at,
    organisation,
    -- It does not say when it was changed.
    coalesce(closed_at, extracted_at) as known_at
from ({{ current_rows('azure_devops_pull_requests') }}) as pulls
qualify row_number() over (
    partition by repository_key, pull_request
    order by extracted_at desc, closed_at desc nulls last, status, head_sha, title_key
) = 1
