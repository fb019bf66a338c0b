-- One row an outcome: a change, an issue or a release.
select
    outcomes.outcome_id,
    outcomes.outcome_type,
    outcomes.tracker,
    coalesce(repositories.repository, outcomes.project) as container,
    outcomes.external_id,
    titles.name as title,
    outcomes.person_key,
    outcomes.team_id,
    outcomes.is_bot,
    outcomes.opened_at,
    outcomes.shipped_at,
    outcomes.state,
    outcomes.undone_at,
    outcomes.undone_by,
    outcomes.survival,
    outcomes.carries_value,
    cast(
        case when outcomes.carries_value and outcomes.state = 'shipped' then 1 else 0 end as decimal(12, 4)
    ) as value_units,
    case when outcomes.carries_value and outcomes.state = 'shipped' then 'one_each' end as value_rule
from {{ ref('int_outcomes') }} as outcomes
left join {{ ref('int_repositories') }} as repositories on outcomes.repository_key = repositories.repository_key
left join {{ ref('stg_names') }} as titles on outcomes.title_key = titles.name_key and titles.kind = 'title'
