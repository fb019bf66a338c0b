-- Commits that a session is known to have made: because git said so to the session, because the client
-- reported it, or because a record of the commit names the session: a checkpoint, a note, a trace.
with checkpoints as (
    select
        repository_key,
        sha,
        committed_at,
        checkpoint_id
    from {{ ref('int_commit_messages') }}
    {{ each_item('entire_checkpoints', 'checkpoint_id') }}
),

reported as (
    select session_id, commit_sha, branch_key, occurred_at, 'commit_mark' as method
    from {{ ref('stg_claude_code__commits') }}
    union all
    select session_id, commit_sha, cast(null as string), occurred_at, 'git_commit_id'
    from {{ ref('stg_otel__commits') }}
),

authorship as (
    select session_id, sha as commit_sha, 'git_ai_note' as method from {{ ref('stg_git_ai__sessions') }}
    union all
    select session_id, sha, 'agent_trace' from {{ ref('stg_agent_trace__sessions') }}
),

commits as (
    select
        changes.repository_key,
        changes.sha,
        changes.outcome_id,
        people.committed_at
    from {{ ref('int_change_commits') }} as changes
    left join {{ ref('int_commit_people') }} as people
        on changes.repository_key = people.repository_key and changes.sha = people.sha
)

select
    reported.session_id,
    reported.method,
    commits.repository_key,
    commits.sha,
    commits.outcome_id,
    reported.branch_key,
    reported.occurred_at as happened_at,
    -- A mark may be printed again later, by a session that looks through the history.
    coalesce(
        reported.method = 'git_commit_id'
        or (
            reported.occurred_at >= {{ dbt.dateadd('minute', -5, 'commits.committed_at') }}
            and reported.occurred_at <= {{ dbt.dateadd('hour', 1, 'commits.committed_at') }}
        ),
        false
    ) as is_timely
from reported
inner join commits
    on {{ same_commit('commits.sha', 'reported.commit_sha') }}

union all

-- Such a record follows a commit when that is rebased or squashed, and says who wrote it whenever that was.
select
    authorship.session_id,
    authorship.method,
    commits.repository_key,
    commits.sha,
    commits.outcome_id,
    cast(null as string),
    commits.committed_at,
    true
from authorship
inner join commits
    on {{ same_commit('commits.sha', 'authorship.commit_sha') }}

union all

select
    session_id,
    'entire_checkpoint',
    repository_key,
    sha,
    outcome_id,
    cast(null as string),
    committed_at,
    true
from (
    select
        sessions.session_id,
        changes.repository_key,
        changes.sha,
        changes.outcome_id,
        checkpoints.committed_at,
        -- A commit that was rebased or picked carries its checkpoint along: the first one counts.
        row_number() over (
            partition by sessions.session_id, checkpoints.checkpoint_id, changes.outcome_id
            order by checkpoints.committed_at, changes.sha
        ) as place
    from {{ ref('stg_entire__sessions') }} as sessions
    inner join {{ ref('int_repositories') }} as repositories on sessions.repository_key = repositories.repository_key
    inner join checkpoints
        on
            sessions.checkpoint_id = checkpoints.checkpoint_id
            and repositories.known_as_key = checkpoints.repository_key
    inner join {{ ref('int_change_commits') }} as changes
        on checkpoints.repository_key = changes.repository_key and checkpoints.sha = changes.sha
) as named
where place = 1
