-- Branches that something names as a change's: the head of its pull request, and those that git named when it made
-- a commit of it (a worktree's, or one that was renamed since). The default branch is nobody's.
with named as (
    select
        outcome_id,
        head_repository_key as repository_key,
        head_branch_key as branch_key
    from {{ ref('int_pull_requests') }}
    where
        head_branch_key is not null
        -- The default branch, of this repository or of a fork, is nobody's work branch.
        and head_branch_key <> coalesce(base_branch_key, '')
        and not is_from_default_branch

    union

    -- Whoever has cloned the repository of which it is a fork works in that one.
    select outcome_id, repository_key, head_branch_key from {{ ref('int_pull_requests') }}
    where
        head_branch_key is not null
        and head_branch_key <> coalesce(base_branch_key, '')
        and not is_from_default_branch

    union

    select outcome_id, repository_key, branch_key from {{ ref('int_session_commits') }} where branch_key is not null
)

select named.*
from named
left join {{ ref('int_default_branches') }} as defaults
    on named.repository_key = defaults.repository_key and named.branch_key = defaults.branch_key
where defaults.branch_key is null
