-- Pull requests under the name their repository goes by now, with its default branch: the one that
-- the latest export names, else the one into which most were merged.
with pulls as (
    select
        pulls.tracker,
        repositories.known_as_key as repository_key,
        pulls.pull_request,
        pulls.title_key,
        pulls.author_key,
        pulls.is_bot,
        pulls.head_branch_key,
        pulls.head_sha,
        -- Only a link names the host of a tracker of one's own: owner and name decide.
        coalesce(
            pulls.is_from_fork,
            {{ dbt.split_part('heads.repository', "'/'", -2) }}
            <> {{ dbt.split_part('repositories.repository', "'/'", -2) }}
            or {{ dbt.split_part('heads.repository', "'/'", -1) }}
            <> {{ dbt.split_part('repositories.repository', "'/'", -1) }},
            false
        ) as is_from_fork,
        coalesce(heads.known_as_key, repositories.known_as_key) as head_repository_key,
        pulls.base_branch_key,
        pulls.default_branch_key,
        pulls.merge_commit_sha,
        pulls.squash_commit_sha,
        pulls.added_lines,
        pulls.deleted_lines,
        pulls.closed_issues,
        pulls.title_issue_keys,
        pulls.body_issue_keys,
        pulls.reverted_commits,
        pulls.reverted_pull_requests,
        pulls.created_at,
        pulls.closed_at,
        pulls.merged_at,
        pulls.known_at
    from {{ ref('stg_trackers__pull_requests') }} as pulls
    inner join {{ ref('int_repositories') }} as repositories on pulls.repository_key = repositories.repository_key
    left join {{ ref('int_repositories') }} as heads on pulls.head_repository_key = heads.repository_key
    -- A repository that was renamed between two exports has its pull requests in both.
    qualify row_number() over (
        partition by repositories.known_as_key, pulls.pull_request
        order by
            pulls.known_at desc, coalesce(pulls.merged_at, pulls.closed_at, pulls.created_at) desc,
            pulls.repository_key
    ) = 1
),

default_branches as (
    select
        repository_key,
        coalesce(default_branch_key, base_branch_key) as branch_key
    from pulls
    group by repository_key, coalesce(default_branch_key, base_branch_key)
    qualify row_number() over (
        partition by repository_key
        order by
            max(case when default_branch_key is not null then known_at end) desc nulls last,
            count(merged_at) desc, coalesce(default_branch_key, base_branch_key)
    ) = 1
)

select
    {{ key_under('pulls.repository_key', ["'change'", 'pulls.tracker', 'pulls.pull_request']) }} as outcome_id,
    pulls.*,
    coalesce(pulls.base_branch_key = default_branches.branch_key, false) as is_into_default_branch,
    -- The default branch going elsewhere, as into a release branch: nobody's work branch.
    coalesce(
        pulls.head_branch_key = default_branches.branch_key and pulls.base_branch_key <> default_branches.branch_key
        and not pulls.is_from_fork,
        false
    ) as is_from_default_branch
from pulls
left join default_branches on pulls.repository_key = default_branches.repository_key
