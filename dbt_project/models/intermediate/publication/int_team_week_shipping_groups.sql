-- Under which row the shipped work of a team, as it is composed now, was told first.
select
    coalesce(outcomes.team_id, '{{ var("no_team") }}') as team_id,
    told.week_start,
    told.published_team_id
from {{ ref('int_outcomes_told') }} as told
inner join {{ ref('fct_outcomes') }} as outcomes on told.outcome_id = outcomes.outcome_id
qualify row_number() over (
    partition by coalesce(outcomes.team_id, '{{ var("no_team") }}'), told.week_start
    order by told.batch, told.published_team_id
) = 1
