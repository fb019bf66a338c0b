-- Everything that speaks for a session having worked on a change: of which kind it is, which commit it
-- matched, and the moment up to which the session's requests belong to the change.
{% set columns = 'session_id, outcome_id, repository_key, sha, method, happened_at' %}

with found as (
    select {{ columns }} from {{ ref('int_session_commits') }} where is_timely
    union all
    select {{ columns }} from {{ ref('int_evidence_by_pull_request_link') }}
    union all
    select {{ columns }} from {{ ref('int_evidence_by_branch') }}
    union all
    select {{ columns }} from {{ ref('int_evidence_by_first_commit') }}
),

named as (
    select distinct
        session_id,
        repository_key,
        sha
    from {{ ref('int_session_commits') }}
    where method = 'entire_checkpoint'
),

closed as (
    select distinct
        repository_key,
        sha
    from named
),

-- A commit whose checkpoint is recorded names all its sessions.
standing as (
    select
        found.*,
        people.change_fingerprint
    from found
    left join closed on found.repository_key = closed.repository_key and found.sha = closed.sha
    left join named
        on
            found.session_id = named.session_id
            and found.repository_key = named.repository_key
            and found.sha = named.sha
    left join {{ ref('int_commit_people') }} as people
        on found.repository_key = people.repository_key and found.sha = people.sha
    where
        closed.sha is null
        or named.sha is not null
        or found.method in ('commit_mark', 'git_commit_id', 'git_ai_note', 'agent_trace')
),

copies as (
    select distinct repository_key, change_fingerprint, outcome_id from {{ ref('int_commit_moments') }}
)

select {{ columns }} from standing

union

-- Picked or rebased into another change, a commit takes its sessions along. (A checkpoint goes with it
-- by itself.)
select
    standing.session_id,
    copies.outcome_id,
    standing.repository_key,
    standing.sha,
    standing.method,
    standing.happened_at
from standing
inner join copies
    on
        standing.repository_key = copies.repository_key
        and standing.change_fingerprint = copies.change_fingerprint
        and standing.outcome_id <> copies.outcome_id
where standing.method <> 'entire_checkpoint'
