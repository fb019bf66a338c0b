-- A repository's or a project's month. A repository shows what was used in it, a project what was
-- used on its issues: the same dollars may stand under both, so only one kind may be added up.
with spent as (
    select
        container,
        container_type,
        month_start,
        count(distinct person_key) as people,
        cast(sum(total_tokens) as bigint) as total_tokens,
        cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
    from {{ ref('int_container_usage') }}
    group by container, container_type, month_start
),

shipped as (
    select
        container,
        case tracker when 'jira' then 'project' else 'repository' end as container_type,
        cast({{ dbt.date_trunc('month', 'shipped_at') }} as date) as month_start,
        -- What a repository ships is its changes; the value of one may stand on an issue beside it.
        count(case when outcome_type = 'change' or (tracker = 'jira' and carries_value) then 1 end) as outcomes_shipped,
        sum(value_units) as value_units
    from {{ ref('fct_outcomes') }}
    where survival is not null and container is not null and outcome_type in ('change', 'issue')
    group by
        container, case tracker when 'jira' then 'project' else 'repository' end,
        cast({{ dbt.date_trunc('month', 'shipped_at') }} as date)
),

months as (
    select container, container_type, month_start from spent
    union
    select container, container_type, month_start from shipped
)

select
    months.container,
    months.container_type,
    months.month_start,
    coalesce(spent.people, 0) as people,
    coalesce(spent.total_tokens, 0) as total_tokens,
    case when spent.container is null then cast(0 as decimal(20, 10)) else spent.cost_usd end as cost_usd,
    coalesce(shipped.outcomes_shipped, 0) as outcomes_shipped,
    cast(coalesce(shipped.value_units, 0) as decimal(20, 4)) as value_units,
    -- Where nothing was spent, what shipped cost nothing: that is 0, not unknown.
    cast(
        {{ ratio('case when spent.container is null then 0 else spent.cost_usd end', 'shipped.outcomes_shipped') }}
        as decimal(20, 10)
    ) as cost_per_outcome_usd
from months
left join spent
    on
        months.container = spent.container
        and months.container_type = spent.container_type
        and months.month_start = spent.month_start
left join shipped
    on
        months.container = shipped.container
        and months.container_type = shipped.container_type
        and months.month_start = shipped.month_start
