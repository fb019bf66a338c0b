-- A repository's or a project's month. A repository shows what was used in it, a project what was
-- used on its issues: the same dollars may stand under both, so only one kind may be added up.
with spent as (
    select
        container,
        container_type,
        month_start,
        count(distinct person_key) as people,
        cast(sum(total_tokens) as bigint) as total_tokens,
        {% for tier in var('tiers') %}
        cast(sum(case when tier = '{{ tier }}' then cost_usd end) as decimal(20, 10)) as cost_{{ tier }}_usd,
        {% endfor %}
        cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
    from {{ ref('int_container_usage') }}
    group by container, container_type, month_start
),

months as (
    select container, container_type, month_start from spent
    union
    select container, container_type, month_start from {{ ref('int_container_month_outcomes') }}
)

select
    months.container,
    months.container_type,
    months.month_start,
    coalesce(spent.people, 0) as people,
    coalesce(spent.total_tokens, 0) as total_tokens,
    case when spent.container is null then cast(0 as decimal(20, 10)) else spent.cost_usd end as cost_usd,
    {% for tier in var('tiers') %}
    coalesce(spent.cost_{{ tier }}_usd, cast(0 as decimal(20, 10))) as cost_{{ tier }}_usd,
    {% endfor %}
    cast(coalesce(outcomes.outcomes_shipped, 0) as bigint) as outcomes_shipped,
    cast(coalesce(outcomes.outcomes_abandoned, 0) as bigint) as outcomes_abandoned,
    cast(coalesce(outcomes.value_units, 0) as decimal(20, 4)) as value_units,
    {% for cost in ['cohort_cost_usd', 'cohort_cost_undone_usd', 'attempted_cost_usd'] %}
    cast(case when outcomes.container is null then 0 else outcomes.{{ cost }} end as decimal(20, 10)) as {{ cost }},
    {% endfor %}
    -- Where nothing was spent, what shipped cost nothing: that is 0, not unknown.
    cast(
        {{ ratio('case when spent.container is null then 0 else spent.cost_usd end', 'outcomes.outcomes_shipped') }}
        as decimal(20, 10)
    ) as cost_per_outcome_usd,
    cast({{ ratio('outcomes.cohort_cost_usd', 'outcomes.value_units') }} as decimal(20, 10)) as cost_per_value_unit_usd,
    cast(
        {{ ratio('outcomes.attempted_cost_usd', 'outcomes.outcomes_shipped + outcomes.outcomes_abandoned') }}
        as decimal(20, 10)
    ) as cost_per_attempt_usd,
    cast(coalesce(outcomes.outcomes_with_lead_time, 0) as bigint) as outcomes_with_lead_time,
    outcomes.lead_time_hours
from months
left join spent
    on
        months.container = spent.container
        and months.container_type = spent.container_type
        and months.month_start = spent.month_start
left join {{ ref('int_container_month_outcomes') }} as outcomes
    on
        months.container = outcomes.container
        and months.container_type = outcomes.container_type
        and months.month_start = outcomes.month_start
