-- Issues that shipped although no change is known to be theirs. Only those on which value stands: sub-tasks
-- are closed together with their story. Their work could have been seen where others of their container have
-- some, where the team ships changes and, of nobody's team, where anybody does.
with linked as (
    select distinct bearers.bearer_id as outcome_id
    from {{ ref('int_value_bearers') }} as bearers
    inner join {{ ref('int_changes') }} as changes on bearers.outcome_id = changes.outcome_id
),

shipping as (
    select
        team_id,
        repository_key
    from {{ ref('int_outcomes') }}
    where outcome_type = 'change' and shipped_at is not null
),

places as (
    select distinct coalesce(team_id, '<nobody>') as place from shipping
    union
    select '<nobody>' from shipping
    union
    select distinct repository_key from shipping
),

issues as (
    select
        outcomes.outcome_id,
        outcomes.person_key,
        coalesce(outcomes.team_id, '<nobody>') as team,
        coalesce(outcomes.repository_key, outcomes.project) as container_key,
        outcomes.opened_at,
        outcomes.shipped_at,
        linked.outcome_id is not null as is_linked,
        max(case when linked.outcome_id is not null then 1 else 0 end) over (
            partition by coalesce(outcomes.repository_key, outcomes.project)
        ) = 1 as others_are_linked
    from {{ ref('int_outcomes') }} as outcomes
    left join linked on outcomes.outcome_id = linked.outcome_id
    where outcomes.outcome_type = 'issue' and outcomes.carries_value and outcomes.shipped_at is not null
)

select
    issues.outcome_id,
    issues.person_key,
    issues.container_key,
    issues.opened_at,
    issues.shipped_at,
    issues.others_are_linked or repositories.place is not null or teams.place is not null as work_could_be_seen
from issues
left join places as repositories on issues.container_key = repositories.place
left join places as teams on issues.team = teams.place
where not issues.is_linked
