-- A repository's or a project's month, as far as enough people stand behind it: what was spent where enough
-- people spent, what was shipped where enough shipped.
{{ config(alias='fct_container_month') }}

with spent as (
    select
        container,
        container_type,
        month_start,
        count(distinct person_key) as people,
        sum(total_tokens) as total_tokens,
        {% for tier in var('tiers') %}
        case
            when min(case when tiers_are_told then 1 else 0 end) = 1
                then coalesce(sum(case when tier = '{{ tier }}' then cost_usd end), 0)
        end as cost_{{ tier }}_usd,
        {% endfor %}
        sum(cost_usd) as cost_usd
    from {{ ref('int_containers_told') }}
    where kind = 'spent'
    group by container, container_type, month_start
    having count(distinct person_key) >= {{ var('min_group') }}
),

shipped as (
    select
        container,
        container_type,
        month_start,
        count(distinct case when is_counted then person_key end) as people_shipping,
        count(case when is_counted then 1 end) as outcomes_shipped,
        case when min(case when value_is_told then 1 else 0 end) = 1 then sum(value_units) end as value_units,
        case when min(case when cost_is_told then 1 else 0 end) = 1 then sum(cost_usd) end as cohort_cost_usd,
        case
            when
                min(case when lead_time_is_told then 1 else 0 end) = 1
                and count(distinct case when lead_time_hours is not null then person_key end) >= {{ var('min_group') }}
                then median(lead_time_hours)
        end as lead_time_hours
    from {{ ref('int_containers_told') }}
    where kind = 'shipped'
    group by container, container_type, month_start
    having count(distinct case when is_counted then person_key end) >= {{ var('min_group') }}
),

idle as (
    select
        container,
        container_type,
        month_start,
        people = 0 and total_tokens = 0 as nothing_spent,
        outcomes_shipped = 0 and outcomes_abandoned = 0 and value_units = 0 as nothing_shipped
    from {{ ref('fct_container_month') }}
),

months as (
    select
        coalesce(spent.container, shipped.container) as container,
        coalesce(spent.container_type, shipped.container_type) as container_type,
        coalesce(spent.month_start, shipped.month_start) as month_start,
        spent.container is null and coalesce(idle.nothing_spent, false) as nothing_spent,
        shipped.container is null and coalesce(idle.nothing_shipped, false) as nothing_shipped,
        spent.people,
        spent.total_tokens,
        spent.cost_usd,
        {% for tier in var('tiers') %}
        spent.cost_{{ tier }}_usd,
        {% endfor %}
        shipped.people_shipping,
        shipped.outcomes_shipped,
        shipped.value_units,
        shipped.cohort_cost_usd,
        shipped.lead_time_hours
    from spent
    full outer join shipped
        on
            spent.container = shipped.container
            and spent.container_type = shipped.container_type
            and spent.month_start = shipped.month_start
    left join idle
        on
            coalesce(spent.container, shipped.container) = idle.container
            and coalesce(spent.container_type, shipped.container_type) = idle.container_type
            and coalesce(spent.month_start, shipped.month_start) = idle.month_start
)

select
    container,
    container_type,
    month_start,
    cast(case when nothing_spent then 0 else people end as bigint) as people,
    cast(case when nothing_spent then 0 else total_tokens end as bigint) as total_tokens,
    cast(case when nothing_spent then 0 else cost_usd end as decimal(20, 10)) as cost_usd,
    {% for tier in var('tiers') %}
    cast(case when nothing_spent then 0 else cost_{{ tier }}_usd end as decimal(20, 10)) as cost_{{ tier }}_usd,
    {% endfor %}
    cast(case when nothing_shipped then 0 else people_shipping end as bigint) as people_shipping,
    cast(case when nothing_shipped then 0 else outcomes_shipped end as bigint) as outcomes_shipped,
    -- What was given up is not told by container: it is few people's nearly everywhere.
    cast(case when nothing_shipped then 0 end as bigint) as outcomes_abandoned,
    cast(case when nothing_shipped then 0 else value_units end as decimal(20, 4)) as value_units,
    cast(case when nothing_shipped then 0 else cohort_cost_usd end as decimal(20, 10)) as cohort_cost_usd,
    cast(case when nothing_shipped then 0 end as decimal(20, 10)) as attempted_cost_usd,
    -- Of the merged rows the containers that spent need not be those that shipped: no ratio of theirs is one.
    case
        when container <> '{{ var("others") }}'
            then cast(
                {{ ratio(
                    'case when nothing_spent then 0 else cost_usd end',
                    'case when nothing_shipped then 0 else outcomes_shipped end',
                ) }} as decimal(20, 10)
            )
    end as cost_per_outcome_usd,
    cast({{ ratio('cohort_cost_usd', 'value_units') }} as decimal(20, 10)) as cost_per_value_unit_usd,
    cast(null as decimal(20, 10)) as cost_per_attempt_usd,
    lead_time_hours
from months
