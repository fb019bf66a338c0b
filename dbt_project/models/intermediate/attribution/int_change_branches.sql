-- Branches of each change: those that something names, and for a change that has none on which a session was seen (its
-- branch was renamed before it was pushed), where its author's latest sessions stood when they committed.
with seen as (
    select distinct
        repository_key,
        branch_key
    from {{ ref('int_session_stretches') }}
),

known_changes as (
    select distinct named.outcome_id
    from {{ ref('int_named_branches') }} as named
    inner join seen
        on
            named.branch_key = seen.branch_key
            and coalesce(seen.repository_key, named.repository_key) = named.repository_key
),

known_branches as (
    select distinct
        repository_key,
        branch_key
    from {{ ref('int_named_branches') }}
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
from {{ ref('int_named_branches') }}

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
