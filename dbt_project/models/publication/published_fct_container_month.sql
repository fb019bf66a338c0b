-- A repository's or a project's month, as far as enough people stand behind it.
{{ config(alias='fct_container_month') }}

with people as (
    select
        groups.published_container,
        groups.container_type,
        groups.month_start,
        count(distinct usage.person_key) as people
    from {{ ref('int_container_usage') }} as usage
    inner join {{ ref('int_container_month_groups') }} as groups
        on
            usage.container = groups.container
            and usage.container_type = groups.container_type
            and usage.month_start = groups.month_start
    group by groups.published_container, groups.container_type, groups.month_start
),

merged as (
    select
        groups.published_container,
        groups.container_type,
        groups.month_start,
        cast(sum(months.total_tokens) as bigint) as total_tokens,
        cast(sum(months.cost_usd) as decimal(20, 10)) as cost_usd,
        cast(sum(months.outcomes_shipped) as bigint) as outcomes_shipped,
        cast(sum(months.value_units) as decimal(20, 4)) as value_units
    from {{ ref('fct_container_month') }} as months
    inner join {{ ref('int_container_month_groups') }} as groups
        on
            months.container = groups.container
            and months.container_type = groups.container_type
            and months.month_start = groups.month_start
    group by groups.published_container, groups.container_type, groups.month_start
)

select
    merged.published_container as container,
    merged.container_type,
    merged.month_start,
    coalesce(people.people, 0) as people,
    merged.total_tokens,
    merged.cost_usd,
    merged.outcomes_shipped,
    merged.value_units,
    cast({{ ratio('merged.cost_usd', 'merged.outcomes_shipped') }} as decimal(20, 10)) as cost_per_outcome_usd
from merged
left join people
    on
        merged.published_container = people.published_container
        and merged.container_type = people.container_type
        and merged.month_start = people.month_start
