-- Branches of each change: the head of its pull request, those that git named when it made a commit of
-- it (a worktree's, or one that was renamed since), and for a change that has neither, where its
-- author's latest sessions stood when they committed.
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
),

known as (
    select named.*
    from named
    left join {{ ref('int_default_branches') }} as defaults
        on named.repository_key = defaults.repository_key and named.branch_key = defaults.branch_key
    where defaults.branch_key is null
),

known_changes as (
    select distinct outcome_id from known
),

known_branches as (
    select distinct
        repository_key,
        branch_key
    from known
),

votes as (
    select
        sessions.outcome_id,
        sessions.repository_key,
        sessions.branch_key,
        count(*) as votes
    from {{ ref('int_moment_sessions') }} as sessions
    left join {{ ref('int_default_branches') }} as defaults
        on sessions.repository_key = defaults.repository_key and sessions.branch_key = defaults.branch_key
    where
        sessions.is_authored
        and sessions.branch_key is not null
        and defaults.branch_key is null
        and sessions.happened_at <= {{ dbt.dateadd('hour', 1, 'sessions.last_used_at') }}
    group by sessions.outcome_id, sessions.repository_key, sessions.branch_key
),

shares as (
    select
        *,
        sum(votes) over (partition by outcome_id) as votes_of_change,
        sum(votes) over (partition by repository_key, branch_key) as votes_of_branch
    from votes
)

select
    *,
    false as is_learned
from known

union all

select
    shares.outcome_id,
    shares.repository_key,
    shares.branch_key,
    true
from shares
left join known_changes on shares.outcome_id = known_changes.outcome_id
left join known_branches
    on shares.repository_key = known_branches.repository_key and shares.branch_key = known_branches.branch_key
where
    known_changes.outcome_id is null
    and known_branches.branch_key is null
    and 2 * shares.votes > shares.votes_of_change
    and 2 * shares.votes > shares.votes_of_branch
