-- A repository's or a project's month. A repository shows what was used in it, a project what was
-- used on its issues: the same dollars may stand under both, so only one kind may be added up.
with in_repositories as (
    select
        repository as container,
        'repository' as container_type,
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date) as month_start,
        person_key,
        total_tokens,
        cost_usd
    from {{ ref('fct_usage') }}
    where repository is not null
),

on_issues as (
    select
        outcomes.container,
        'project' as container_type,
        cast({{ dbt.date_trunc('month', 'usage.usage_date') }} as date) as month_start,
        usage.person_key,
        ledger.tokens as total_tokens,
        ledger.cost_usd
    from {{ ref('fct_attribution') }} as ledger
    inner join {{ ref('fct_usage') }} as usage on ledger.usage_id = usage.usage_id
    -- The first issue that a change closes stands for all of them: a share of each dollar for each
    -- of its projects would have no people to count.
    inner join {{ ref('int_value_bearers') }} as bearers on ledger.outcome_id = bearers.outcome_id and bearers.place = 1
    inner join {{ ref('fct_outcomes') }} as outcomes
        on bearers.bearer_id = outcomes.outcome_id and outcomes.tracker = 'jira'
),

spent as (
    select
        container,
        container_type,
        month_start,
        count(distinct person_key) as people,
        cast(sum(total_tokens) as bigint) as total_tokens,
        cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
    from (select * from in_repositories union all select * from on_issues) as usage
    group by container, container_type, month_start
),

shipped as (
    select
        container,
        case tracker when 'jira' then 'project' else 'repository' end as container_type,
        cast({{ dbt.date_trunc('month', 'shipped_at') }} as date) as month_start,
        count(*) as outcomes_shipped,
        sum(value_units) as value_units
    from {{ ref('fct_outcomes') }}
    where
        survival is not null
        and container is not null
        and (outcome_type = 'change' or (outcome_type = 'issue' and carries_value and tracker = 'jira'))
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
    cast({{ ratio('spent.cost_usd', 'shipped.outcomes_shipped') }} as decimal(20, 10)) as cost_per_outcome_usd
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
