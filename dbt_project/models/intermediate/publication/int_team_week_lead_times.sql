-- How long the work took that a team shipped in a week, under the row in which it is told: a median of merged
-- teams is not made of theirs. As it was known when the work was told: changed later, a median would tell of whoever
-- changed it. It is of the outcomes whose beginning is known, so these must be of enough people, and the others too.
select
    published_team_id as team_id,
    week_start,
    count(*) as outcomes_with_lead_time,
    median(lead_time_hours) as lead_time_hours
from {{ ref('int_outcomes_told') }}
where is_shipped and lead_time_is_told and lead_time_hours is not null
group by published_team_id, week_start
having count(distinct person_key) >= {{ var('min_group') }}
