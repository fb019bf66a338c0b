-- Changes whose commits are known to have been made in a session, and when: from Entire's checkpoints,
-- and from what Claude Code reports of its own commits.
with checkpoints as (
    select
        repository_key,
        sha,
        committed_at,
        checkpoint_id
    from {{ ref('int_commit_messages') }}
    {{ each_item('entire_checkpoints', 'checkpoint_id') }}
)

select
    sessions.session_id,
    'entire_checkpoint' as method,
    changes.outcome_id,
    -- A commit that was rebased or picked carries its checkpoint along: the first one counts.
    min(checkpoints.committed_at) as committed_at
from {{ ref('stg_entire__sessions') }} as sessions
inner join {{ ref('int_repositories') }} as repositories on sessions.repository_key = repositories.repository_key
inner join checkpoints
    on
        sessions.checkpoint_id = checkpoints.checkpoint_id
        and repositories.known_as_key = checkpoints.repository_key
inner join {{ ref('int_change_commits') }} as changes
    on checkpoints.repository_key = changes.repository_key and checkpoints.sha = changes.sha
group by sessions.session_id, sessions.checkpoint_id, changes.outcome_id

union

select
    made.session_id,
    'git_commit_id',
    changes.outcome_id,
    made.occurred_at
from {{ ref('stg_otel__commits') }} as made
inner join {{ ref('int_change_commits') }} as changes
    on left(made.commit_sha, 7) = left(changes.sha, 7) and changes.sha like made.commit_sha || '%'
