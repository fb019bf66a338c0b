-- What a repository's or a project's month shipped and gave up, and what that cost whenever it was spent. What a
-- repository ships is its changes; the value of one may stand on an issue beside it.
with spent as (
    select
        outcome_id,
        sum(tokens) as tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('fct_attribution') }}
    where outcome_id is not null
    group by outcome_id
),

ended as (
    select
        outcomes.container,
        outcomes.container_type,
        cast({{ dbt.date_trunc('month', 'coalesce(outcomes.shipped_at, outcomes.abandoned_at)') }} as date)
            as month_start,
        outcomes.survival,
        outcomes.value_units,
        outcomes.outcome_type = 'change' or (outcomes.container_type = 'project' and outcomes.carries_value)
            as is_counted,
        case outcomes.container_type when 'project' then borne.tokens else spent.tokens end as tokens,
        case outcomes.container_type when 'project' then borne.cost_usd else spent.cost_usd end as cost_usd
    from {{ ref('fct_outcomes') }} as outcomes
    left join spent on outcomes.outcome_id = spent.outcome_id
    left join {{ ref('int_bearer_costs') }} as borne on outcomes.outcome_id = borne.outcome_id
    where
        outcomes.container is not null
        and outcomes.outcome_type in ('change', 'issue')
        and (outcomes.survival is not null or outcomes.abandoned_at is not null)
)

select
    container,
    container_type,
    month_start,
    count(case when is_counted then survival end) as outcomes_shipped,
    count(case when is_counted and survival is null then 1 end) as outcomes_abandoned,
    sum(value_units) as value_units,
    -- Work on which nothing was spent cost nothing; tokens without any known price have no cost.
    case
        when count(case when is_counted then tokens end) = 0 then 0
        else sum(case when is_counted then cost_usd end)
    end as attempted_cost_usd
from ended
group by container, container_type, month_start
