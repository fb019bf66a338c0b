-- How long the work took that a team shipped in a week, under the row in which it is told: a median of merged
-- teams is not made of theirs. It is of the outcomes whose beginning is known, so these must be of enough people.
select
    told.published_team_id as team_id,
    told.week_start,
    count(*) as outcomes_with_lead_time,
    median(outcomes.lead_time_hours) as lead_time_hours
from {{ ref('int_outcomes_told') }} as told
inner join {{ ref('int_outcomes_of_weeks') }} as outcomes on told.outcome_id = outcomes.outcome_id
where told.is_shipped and outcomes.lead_time_hours is not null
group by told.published_team_id, told.week_start
having count(distinct told.person_key) >= {{ var('min_group') }}
