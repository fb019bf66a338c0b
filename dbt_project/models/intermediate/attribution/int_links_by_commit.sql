-- Requests of a session that made commits: each belongs to the first commit of its session that is
-- not older. What comes after the last commit is not claimed by it.
with moments as (
    select
        session_id,
        method,
        committed_at,
        lag(committed_at) over (partition by session_id, method order by committed_at) as after_at
    from (select distinct session_id, method, committed_at from {{ ref('int_session_commits') }}) as commits
)

select distinct
    requests.request_key,
    commits.outcome_id,
    commits.method
from {{ ref('int_usage_placed') }} as requests
inner join moments
    on
        requests.session_id = moments.session_id
        and requests.occurred_at <= moments.committed_at
        and (moments.after_at is null or requests.occurred_at > moments.after_at)
inner join {{ ref('int_session_commits') }} as commits
    on
        moments.session_id = commits.session_id
        and moments.method = commits.method
        and moments.committed_at = commits.committed_at
