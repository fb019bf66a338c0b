-- One row an outcome: a change, an issue or a release.
select
    outcomes.outcome_id,
    outcomes.outcome_type,
    outcomes.tracker,
    coalesce(repositories.repository, outcomes.project) as container,
    case when outcomes.repository_key is null then 'project' else 'repository' end as container_type,
    outcomes.external_id,
    titles.name as title,
    outcomes.person_key,
    outcomes.team_id,
    outcomes.is_bot,
    outcomes.opened_at,
    outcomes.shipped_at,
    outcomes.deployed_at,
    outcomes.abandoned_at,
    outcomes.state,
    outcomes.undone_at,
    outcomes.undone_by,
    outcomes.survival,
    traits.kind_of_work,
    outcomes.carries_value,
    coalesce(worth.value_units, cast(0 as decimal(12, 4))) as value_units,
    worth.value_rule,
    coalesce(worth.value_is_provisional, false) as value_is_provisional
from {{ ref('int_outcomes') }} as outcomes
left join {{ ref('int_outcome_value') }} as worth on outcomes.outcome_id = worth.outcome_id
left join {{ ref('int_issue_traits') }} as traits on outcomes.outcome_id = traits.outcome_id
left join {{ ref('int_repositories') }} as repositories on outcomes.repository_key = repositories.repository_key
left join {{ ref('stg_names') }} as titles on outcomes.title_key = titles.name_key and titles.kind = 'title'
