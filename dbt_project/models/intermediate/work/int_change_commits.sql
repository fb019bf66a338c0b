-- Which change each commit belongs to. In this order: the merged pull request on whose branch it
-- stands or which it merged or squashed (of several, as with stacked ones, the first that was merged),
-- the pull request that its subject names, the pull request whose commit it repeats after a rebase,
-- itself, when it came to the default branch without any, and a pull request that was not merged.
with pulls as (
    select * from {{ ref('int_pull_requests') }} where merged_at is not null and not is_from_default_branch
),

candidates as (
    select
        outcome_id, repository_key, sha, 'on_branch' as basis,
        case when merged_at is not null then 1 else 5 end as basis_rank, merged_at, pull_request,
        false as is_known_to_arrive
    from {{ ref('int_pull_commits') }}

    union all

    -- Until a pull request is merged its merge commit is a trial that nobody keeps.
    select
        outcome_id, repository_key, merge_commit_sha, 'merge_commit', 1, merged_at, pull_request,
        is_into_default_branch
    from pulls
    where merge_commit_sha is not null

    union all

    -- A squash that was merged with a merge commit is a commit of its own.
    select
        outcome_id, repository_key, squash_commit_sha, 'merge_commit', 1, merged_at, pull_request,
        is_into_default_branch
    from pulls
    where squash_commit_sha is not null

    union all

    -- Where the branch was only forwarded its head is what arrived.
    select outcome_id, repository_key, head_sha, 'on_branch', 1, merged_at, pull_request, false
    from pulls
    where head_sha is not null and merge_commit_sha is null and squash_commit_sha is null

    union all

    select
        pulls.outcome_id, pulls.repository_key, commits.sha, 'merge_commit', 2, pulls.merged_at, pulls.pull_request,
        true
    from {{ ref('int_commits') }} as commits
    inner join pulls
        on
            commits.repository_key = pulls.repository_key
            and coalesce(commits.merged_pull_request, commits.subject_pull_request) = pulls.pull_request
    where commits.on_default_branch

    union all

    -- What is repeated is the older one; a backport to a release branch repeats the default branch.
    select
        on_branch.outcome_id, on_branch.repository_key, commits.sha, 'rebased', 3, on_branch.merged_at,
        on_branch.pull_request, true
    from {{ ref('int_commits') }} as commits
    inner join {{ ref('int_pull_commits') }} as on_branch
        on
            commits.repository_key = on_branch.repository_key
            and commits.change_fingerprint = on_branch.change_fingerprint
            and commits.committed_at >= coalesce(on_branch.committed_at, commits.committed_at)
    where commits.on_default_branch and on_branch.merged_at is not null

    union all

    select
        {{ key_under('repository_key', ["'change'", "'git'", 'sha']) }}, repository_key, sha, 'direct', 4, committed_at,
        0, true
    from {{ ref('int_commits') }}
    where on_default_branch and not is_merge
)

select
    candidates.outcome_id,
    candidates.repository_key,
    candidates.sha,
    candidates.basis,
    -- Without an export of the commits, it is known of merge commits only.
    coalesce(commits.on_default_branch, candidates.is_known_to_arrive) as on_default_branch
from candidates
left join {{ ref('int_commits') }} as commits
    on candidates.repository_key = commits.repository_key and candidates.sha = commits.sha
qualify row_number() over (
    partition by candidates.repository_key, candidates.sha
    order by candidates.basis_rank, candidates.merged_at nulls last, candidates.pull_request, candidates.basis
) = 1
