-- What a team shipped in a week that carries value, whether it lasted, and what it cost, whenever
-- its tokens were spent.
select
    coalesce(outcomes.team_id, '{{ var("no_team") }}') as team_id,
    cast({{ dbt.date_trunc('week', 'outcomes.shipped_at') }} as date) as week_start,
    count(*) as outcomes_shipped,
    sum(case when outcomes.survival = 'survived' then 1 else 0 end) as outcomes_survived,
    sum(case when outcomes.survival = 'undone' then 1 else 0 end) as outcomes_undone,
    sum(case when outcomes.survival = 'pending' then 1 else 0 end) as outcomes_pending,
    sum(outcomes.value_units) as value_units,
    -- Work on which nothing was spent cost nothing; tokens without any known price have no cost.
    case when count(costs.outcome_id) = 0 then 0 else sum(costs.cost_usd) end as cohort_cost_usd,
    case
        when count(case when outcomes.survival = 'undone' then costs.outcome_id end) = 0 then 0
        else sum(case when outcomes.survival = 'undone' then costs.cost_usd end)
    end as cohort_cost_undone_usd
from {{ ref('fct_outcomes') }} as outcomes
left join {{ ref('int_bearer_costs') }} as costs on outcomes.outcome_id = costs.outcome_id
where outcomes.carries_value and outcomes.survival is not null and not outcomes.is_bot
group by
    coalesce(outcomes.team_id, '{{ var("no_team") }}'),
    cast({{ dbt.date_trunc('week', 'outcomes.shipped_at') }} as date)
