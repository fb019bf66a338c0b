-- Issues that people closed as delivered, in the week in which they did. Neighbours are issues that the same
-- person closed within a quarter of an hour.
with closed as (
    select
        outcomes.outcome_id,
        outcomes.person_key,
        outcomes.team_id,
        outcomes.opened_at,
        outcomes.shipped_at,
        coalesce(traits.is_own, false) as is_own
    from {{ ref('int_outcomes') }} as outcomes
    left join {{ ref('int_issue_traits') }} as traits on outcomes.outcome_id = traits.outcome_id
    where
        outcomes.outcome_type = 'issue' and not outcomes.is_bot and outcomes.person_key is not null
        and outcomes.shipped_at is not null
),

linked as (
    select
        issues.related_outcome_id as outcome_id,
        count(*) as changes
    from {{ ref('int_outcome_links') }} as issues
    where issues.relation = 'closes'
    group by issues.related_outcome_id
)

select
    closed.*,
    cast({{ dbt.date_trunc('week', 'closed.shipped_at') }} as date) as week_start,
    coalesce(linked.changes, 0) as changes,
    {{ seconds_between('closed.opened_at', 'closed.shipped_at') }} as lived_seconds,
    count(*) over (
        partition by closed.person_key order by closed.shipped_at
        range between interval '15' minute preceding and interval '15' minute following
    ) as closed_together,
    count(*) over (
        partition by closed.person_key order by closed.shipped_at
        range between interval '60' minute preceding and interval '60' minute following
    ) as closed_within_the_hour
from closed
left join linked on closed.outcome_id = linked.outcome_id
