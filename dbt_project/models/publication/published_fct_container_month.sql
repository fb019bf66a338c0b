-- A repository's or a project's month, as far as enough people stand behind it: what was spent where enough
-- people spent, what was shipped where enough shipped. Small ones stand together.
{{ config(alias='fct_container_month') }}
{% set same_container_month %}
    months.container = groups.container
    and months.container_type = groups.container_type
    and months.month_start = groups.month_start
{% endset %}

with spent as (
    select
        groups.published_container as container,
        groups.container_type,
        groups.month_start,
        max(groups.people) as people,
        cast(sum(months.total_tokens) as bigint) as total_tokens,
        cast(sum(months.cost_usd) as decimal(20, 10)) as cost_usd,
        -- Nothing was shipped here, which is not the same as what may not be shown.
        sum(months.outcomes_shipped) = 0 and sum(months.value_units) = 0 as nothing_shipped,
        sum(months.outcomes_shipped + months.outcomes_abandoned) = 0 as nothing_attempted
    from {{ ref('fct_container_month') }} as months
    inner join {{ ref('int_container_month_spending_groups') }} as groups on {{ same_container_month }}
    group by groups.published_container, groups.container_type, groups.month_start
),

shipped as (
    select
        groups.published_container as container,
        groups.container_type,
        groups.month_start,
        max(groups.people) as people_shipping,
        cast(sum(months.outcomes_shipped) as bigint) as outcomes_shipped,
        cast(sum(months.outcomes_abandoned) as bigint) as outcomes_abandoned,
        cast(sum(months.value_units) as decimal(20, 4)) as value_units,
        cast(sum(months.attempted_cost_usd) as decimal(20, 10)) as attempted_cost_usd,
        sum(months.people) = 0 and sum(months.total_tokens) = 0 as nothing_spent
    from {{ ref('fct_container_month') }} as months
    inner join {{ ref('int_container_month_shipping_groups') }} as groups on {{ same_container_month }}
    group by groups.published_container, groups.container_type, groups.month_start
),

months as (
    select
        coalesce(spent.container, shipped.container) as container,
        coalesce(spent.container_type, shipped.container_type) as container_type,
        coalesce(spent.month_start, shipped.month_start) as month_start,
        coalesce(spent.people, case when shipped.nothing_spent then 0 end) as people,
        coalesce(spent.total_tokens, case when shipped.nothing_spent then 0 end) as total_tokens,
        cast(
            case when spent.container is null and shipped.nothing_spent then 0 else spent.cost_usd end
            as decimal(20, 10)
        ) as cost_usd,
        coalesce(shipped.people_shipping, case when spent.nothing_shipped then 0 end) as people_shipping,
        coalesce(shipped.outcomes_shipped, case when spent.nothing_shipped then 0 end) as outcomes_shipped,
        coalesce(shipped.outcomes_abandoned, case when spent.nothing_attempted then 0 end) as outcomes_abandoned,
        cast(coalesce(shipped.value_units, case when spent.nothing_shipped then 0 end) as decimal(20, 4))
            as value_units,
        cast(
            case when shipped.container is null and spent.nothing_attempted then 0 else shipped.attempted_cost_usd end
            as decimal(20, 10)
        ) as attempted_cost_usd
    from spent
    full outer join shipped
        on
            spent.container = shipped.container
            and spent.container_type = shipped.container_type
            and spent.month_start = shipped.month_start
)

select
    *,
    -- Of the merged rows the containers that spent need not be those that shipped: no ratio of theirs is one.
    case
        when container <> '{{ var("others") }}'
            then cast({{ ratio('cost_usd', 'outcomes_shipped') }} as decimal(20, 10))
    end as cost_per_outcome_usd,
    cast({{ ratio('attempted_cost_usd', 'outcomes_shipped + outcomes_abandoned') }} as decimal(20, 10))
        as cost_per_attempt_usd
from months
