-- The project whose issue an outcome was made for. The first issue that a change closes stands for all of them:
-- a share of a dollar for each of its projects would have no people to count.
select
    bearers.outcome_id,
    outcomes.container as project
from {{ ref('int_value_bearers') }} as bearers
inner join {{ ref('fct_outcomes') }} as outcomes on bearers.bearer_id = outcomes.outcome_id
where outcomes.container_type = 'project' and outcomes.container is not null
qualify row_number() over (partition by bearers.outcome_id order by bearers.place) = 1
