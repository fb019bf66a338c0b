-- Outcomes of a week that was published which are not what they were then, and why: the first reason that
-- holds stands for all that changed about an outcome.
with stood as (
    select outcomes.*
    from {{ source('audit', 'first_published_outcomes') }} as outcomes
    inner join {{ ref('int_first_published') }} as weeks
        on outcomes.week_start = weeks.week_start and outcomes.publication = weeks.publication
),

stands as (
    select
        outcomes.*,
        weeks.week_start is not null as is_of_published_week
    from {{ ref('int_outcomes_of_weeks') }} as outcomes
    left join {{ ref('int_first_published') }} as weeks on outcomes.week_start = weeks.week_start
)

select
    coalesce(stands.outcome_id, stood.outcome_id) as outcome_id,
    stood.week_start as week_then,
    stood.team_id as team_then,
    stood.survival as survival_then,
    stood.value_units as value_then,
    stood.cost_usd as cost_then,
    case when stands.is_of_published_week then stands.week_start end as week_now,
    stands.team_id as team_now,
    stands.survival as survival_now,
    stands.value_units as value_now,
    stands.cost_usd as cost_now,
    case
        when stood.outcome_id is null then 'late_file'
        when outcomes.outcome_id is null then 'withdrawn'
        when stands.outcome_id is null and not outcomes.carries_value then 'value_moved'
        when stands.outcome_id is null or (stood.survival is null and stands.survival is not null) then 'reopened'
        when stands.survival = 'undone' and coalesce(stood.survival, '') <> 'undone'
            then case outcomes.undone_by when 'revert' then 'reverted' else 'reopened' end
        when stood.survival is not null and stands.survival is null then 'withdrawn'
        when stood.survival = 'undone' and stands.survival <> 'undone' then 'undoing_withdrawn'
        when stands.team_id <> stood.team_id then 'membership_backdated'
        when stands.week_start <> stood.week_start then 'redated'
        when stands.survival <> stood.survival then 'survived'
        when stands.value_units <> stood.value_units and stands.container <> stood.container then 'moved'
        when stands.value_units <> stood.value_units then 're_estimated'
        when coalesce(stands.tokens, 0) <> coalesce(stood.tokens, 0) then 'new_evidence'
        when coalesce(stands.cost_usd, 0) <> coalesce(stood.cost_usd, 0) then 'price_corrected'
    end as reason
from stands
full outer join stood on stands.outcome_id = stood.outcome_id
left join {{ ref('fct_outcomes') }} as outcomes on stood.outcome_id = outcomes.outcome_id
where stood.outcome_id is not null or stands.is_of_published_week
