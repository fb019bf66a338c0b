-- Links of the weaker kinds of evidence that can be judged, and whether they are right: those that a checkpoint, a
-- report or git's own mark proves are hidden, told by the weaker kinds, and compared. A link is judged only where
-- every commit that speaks for it is known, and the session would be named if it were right: a checkpoint names all
-- sessions of its commit, a mark only the one that it stands in, so that it says nothing of sessions without any.
with known as (
    select
        session_id,
        repository_key,
        sha,
        outcome_id,
        case when method = 'entire_checkpoint' then 1 else 0 end as names_all
    from {{ ref('int_session_commits') }}
    where is_timely
),

known_commits as (
    select
        repository_key,
        sha,
        max(names_all) as names_all
    from known
    group by repository_key, sha
),

known_links as (
    select distinct
        session_id,
        outcome_id
    from known
),

reporting_sessions as (
    select distinct session_id from known where names_all = 0
),

told as (
    select * from {{ ref('int_evidence_by_branch') }}
    union all
    select * from {{ ref('int_evidence_by_first_commit') }}
),

links as (
    select
        told.session_id,
        told.outcome_id,
        told.method,
        min(
            case
                when commits.names_all = 1 or (commits.names_all = 0 and sessions.session_id is not null) then 1
                else 0
            end
        ) over (partition by told.session_id, told.outcome_id) as is_judged,
        max(cast(told.happened_at as date)) over (partition by told.session_id, told.outcome_id) as judged_on
    from told
    left join known_commits as commits on told.repository_key = commits.repository_key and told.sha = commits.sha
    left join reporting_sessions as sessions on told.session_id = sessions.session_id
)

select distinct
    links.method,
    links.session_id,
    links.outcome_id,
    links.judged_on,
    known_links.session_id is not null as is_hit
from links
left join known_links
    on links.session_id = known_links.session_id and links.outcome_id = known_links.outcome_id
where links.is_judged = 1
