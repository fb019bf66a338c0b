-- Requests of a session that made commits: each belongs to the first commit of its session that is
-- not older. What comes after the last commit is not claimed by it.
with entire_commits as (
    select
        commits.repository_key,
        commits.sha,
        commits.committed_at,
        commits.checkpoint_id
    from (
        select repositories.known_as_key as repository_key, pull_commits.sha, pull_commits.committed_at, checkpoint_id
        from {{ ref('stg_github__pull_commits') }} as pull_commits
        inner join {{ ref('int_repositories') }} as repositories
            on pull_commits.repository_key = repositories.repository_key
        {{ each_item('pull_commits.entire_checkpoints', 'checkpoint_id') }}
        union
        select repository_key, sha, committed_at, checkpoint_id
        from {{ ref('int_commits') }}
        {{ each_item('entire_checkpoints', 'checkpoint_id') }}
    ) as commits
),

session_commits as (
    select
        sessions.session_id,
        'entire_checkpoint' as method,
        changes.outcome_id,
        min(entire_commits.committed_at) as committed_at
    from {{ ref('stg_entire__sessions') }} as sessions
    inner join {{ ref('int_repositories') }} as repositories on sessions.repository_key = repositories.repository_key
    inner join entire_commits
        on
            sessions.checkpoint_id = entire_commits.checkpoint_id
            and repositories.known_as_key = entire_commits.repository_key
    inner join {{ ref('int_change_commits') }} as changes
        on entire_commits.repository_key = changes.repository_key and entire_commits.sha = changes.sha
    group by sessions.session_id, sessions.checkpoint_id, changes.outcome_id

    union all

    select distinct
        made.session_id,
        'git_commit_id',
        changes.outcome_id,
        made.occurred_at
    from {{ ref('stg_otel__commits') }} as made
    inner join {{ ref('int_change_commits') }} as changes
        on left(made.commit_sha, 7) = left(changes.sha, 7) and changes.sha like made.commit_sha || '%'
),

spans as (
    select
        *,
        lag(committed_at) over (
            partition by session_id, method order by committed_at, outcome_id
        ) as after_at
    from session_commits
)

select distinct
    requests.request_key,
    spans.outcome_id,
    spans.method
from {{ ref('int_usage_placed') }} as requests
inner join spans
    on
        requests.session_id = spans.session_id
        and requests.occurred_at <= spans.committed_at
        and (spans.after_at is null or requests.occurred_at > spans.after_at)
