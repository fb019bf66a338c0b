-- How long the work took that a team shipped in a week, under the row in which it is published: a median of merged
-- teams is not made of theirs. It is of the outcomes whose beginning is known, so these must be of enough people.
select
    groups.published_team_id as team_id,
    outcomes.week_start,
    count(*) as outcomes_with_lead_time,
    median(outcomes.lead_time_hours) as lead_time_hours
from {{ ref('int_outcomes_of_weeks') }} as outcomes
inner join {{ ref('int_team_week_shipping_groups') }} as groups
    on outcomes.team_id = groups.team_id and outcomes.week_start = groups.week_start
where outcomes.lead_time_hours is not null
group by groups.published_team_id, outcomes.week_start
having count(distinct outcomes.person_key) >= {{ var('min_group') }}
