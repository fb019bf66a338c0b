-- Which change each commit belongs to. In this order: the pull request on whose branch it stands
-- (of several, as with stacked ones, the first that was merged), the pull request that it merged or
-- squashed, the pull request whose commit it repeats after a rebase, and else itself, when it came
-- to the default branch without any.
with pulls as (
    select
        outcome_id,
        repository_key,
        pull_request,
        merge_commit_sha,
        merged_at
    from {{ ref('int_pull_requests') }}
),

on_branches as (
    select
        pulls.outcome_id,
        pulls.repository_key,
        pulls.pull_request,
        pulls.merged_at,
        commits.sha,
        commits.change_fingerprint
    from {{ ref('stg_github__pull_commits') }} as commits
    inner join {{ ref('int_repositories') }} as repositories on commits.repository_key = repositories.repository_key
    inner join pulls
        on repositories.known_as_key = pulls.repository_key and commits.pull_request = pulls.pull_request
),

candidates as (
    select outcome_id, repository_key, sha, 'on_branch' as basis, 1 as basis_rank, merged_at, pull_request
    from on_branches

    union all

    select outcome_id, repository_key, merge_commit_sha, 'merge_commit', 2, merged_at, pull_request
    from pulls
    -- Until a pull request is merged its merge commit is a trial that nobody keeps.
    where merged_at is not null and merge_commit_sha is not null

    union all

    select
        pulls.outcome_id, pulls.repository_key, commits.sha, 'merge_commit', 2, pulls.merged_at, pulls.pull_request
    from {{ ref('int_commits') }} as commits
    inner join pulls
        on
            commits.repository_key = pulls.repository_key
            and coalesce(commits.merged_pull_request, commits.subject_pull_request) = pulls.pull_request
    where commits.on_default_branch and pulls.merged_at is not null

    union all

    select
        on_branches.outcome_id, on_branches.repository_key, commits.sha, 'rebased', 3,
        on_branches.merged_at, on_branches.pull_request
    from {{ ref('int_commits') }} as commits
    inner join on_branches
        on
            commits.repository_key = on_branches.repository_key
            and commits.change_fingerprint = on_branches.change_fingerprint
    where commits.on_default_branch and on_branches.merged_at is not null

    union all

    select
        {{ key_of(["'change'", "'git'", 'repository_key', 'sha']) }}, repository_key, sha, 'direct', 4,
        committed_at, 0
    from {{ ref('int_commits') }}
    where on_default_branch and not is_merge
)

select
    candidates.outcome_id,
    candidates.repository_key,
    candidates.sha,
    candidates.basis,
    coalesce(commits.on_default_branch, false) as on_default_branch
from candidates
left join {{ ref('int_commits') }} as commits
    on candidates.repository_key = commits.repository_key and candidates.sha = commits.sha
qualify row_number() over (
    partition by candidates.repository_key, candidates.sha
    order by candidates.basis_rank, candidates.merged_at nulls last, candidates.pull_request
) = 1
