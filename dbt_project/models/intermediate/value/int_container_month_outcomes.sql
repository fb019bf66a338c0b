-- What a repository's or a project's month shipped and gave up, and what that cost whenever it was spent. What a
-- repository ships is its changes; the value of one may stand on an issue beside it. What value costs is counted where
-- the value stands, so that both are of the same work.
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
        outcomes.carries_value and outcomes.survival is not null as is_in_cohort,
        case
            when outcomes.carries_value and outcomes.shipped_at >= starts.first_used_at
                then {{ hours_between('starts.first_used_at', 'outcomes.shipped_at') }}
        end as lead_time_hours,
        borne.tokens as borne_tokens,
        borne.cost_usd as borne_usd,
        case outcomes.container_type when 'project' then borne.tokens else spent.tokens end as tokens,
        case outcomes.container_type when 'project' then borne.cost_usd else spent.cost_usd end as cost_usd
    from {{ ref('fct_outcomes') }} as outcomes
    left join spent on outcomes.outcome_id = spent.outcome_id
    left join {{ ref('int_bearer_costs') }} as borne on outcomes.outcome_id = borne.outcome_id
    left join {{ ref('int_bearer_starts') }} as starts on outcomes.outcome_id = starts.outcome_id
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
    {% for cost, which, tokens, dollars in [
        ('cohort_cost_usd', 'is_in_cohort', 'borne_tokens', 'borne_usd'),
        ('cohort_cost_undone_usd', "is_in_cohort and survival = 'undone'", 'borne_tokens', 'borne_usd'),
        ('attempted_cost_usd', 'is_counted', 'tokens', 'cost_usd'),
    ] %}
    case
        when count(case when {{ which }} then {{ tokens }} end) = 0 then 0
        else sum(case when {{ which }} then {{ dollars }} end)
    end as {{ cost }},
    {% endfor %}
    count(lead_time_hours) as outcomes_with_lead_time,
    median(lead_time_hours) as lead_time_hours
from ended
group by container, container_type, month_start
