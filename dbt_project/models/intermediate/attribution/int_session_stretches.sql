-- Stretches of sessions: from when to when a session stood on a branch without a long pause, and where
-- it went next.
with stretches as (
    select
        session_id,
        stretch,
        max(person_key) as person_key,
        max(repository_key) as repository_key,
        max(branch_key) as branch_key,
        min(occurred_at) as from_at,
        max(occurred_at) as to_at
    from {{ ref('int_session_requests') }}
    group by session_id, stretch
)

select
    *,
    lead(from_at) over (partition by session_id order by stretch) as next_from_at,
    lead(branch_key) over (partition by session_id order by stretch) as next_branch_key
from stretches
