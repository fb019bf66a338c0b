-- What a team shipped in a week that carries value, whether it lasted, and what it cost, whenever its tokens
-- were spent; and what it gave up in the week, which cost something as well.
with pieces as (
    select
        coalesce(outcomes.team_id, '{{ var("no_team") }}') as team_id,
        cast({{ dbt.date_trunc('week', 'coalesce(outcomes.shipped_at, outcomes.abandoned_at)') }} as date)
            as week_start,
        outcomes.survival,
        outcomes.value_units,
        costs.outcome_id as costing_id,
        costs.cost_usd
    from {{ ref('fct_outcomes') }} as outcomes
    left join {{ ref('int_bearer_costs') }} as costs on outcomes.outcome_id = costs.outcome_id
    where
        outcomes.carries_value and not outcomes.is_bot
        and coalesce(outcomes.shipped_at, outcomes.abandoned_at) is not null
)

select
    team_id,
    week_start,
    count(survival) as outcomes_shipped,
    sum(case when survival = 'survived' then 1 else 0 end) as outcomes_survived,
    sum(case when survival = 'undone' then 1 else 0 end) as outcomes_undone,
    sum(case when survival = 'pending' then 1 else 0 end) as outcomes_pending,
    sum(case when survival is null then 1 else 0 end) as outcomes_abandoned,
    sum(value_units) as value_units,
    -- Work on which nothing was spent cost nothing; tokens without any known price have no cost.
    {% for cost, which in [
        ('cohort_cost_usd', 'survival is not null'),
        ('cohort_cost_undone_usd', "survival = 'undone'"),
        ('attempted_cost_usd', 'true'),
    ] %}
    case
        when count(case when {{ which }} then costing_id end) = 0 then 0
        else sum(case when {{ which }} then cost_usd end)
    end as {{ cost }}{% if not loop.last %},{% endif %}
    {% endfor %}
from pieces
group by team_id, week_start
