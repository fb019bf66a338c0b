-- Usage by the repository that it was made in and, through the ledger, by the project whose issue it
-- was made for. The first issue that a change closes stands for all of them: a share of a dollar for
-- each of its projects would have no people to count.
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

projects as (
    select
        bearers.outcome_id,
        outcomes.container
    from {{ ref('int_value_bearers') }} as bearers
    inner join {{ ref('fct_outcomes') }} as outcomes on bearers.bearer_id = outcomes.outcome_id
    where outcomes.tracker = 'jira' and outcomes.container is not null
    qualify row_number() over (partition by bearers.outcome_id order by bearers.place) = 1
),

on_issues as (
    select
        projects.container,
        'project' as container_type,
        cast({{ dbt.date_trunc('month', 'usage.usage_date') }} as date) as month_start,
        usage.person_key,
        ledger.tokens as total_tokens,
        ledger.cost_usd
    from {{ ref('fct_attribution') }} as ledger
    inner join {{ ref('fct_usage') }} as usage on ledger.usage_id = usage.usage_id
    inner join projects on ledger.outcome_id = projects.outcome_id
)

select * from in_repositories
union all
select * from on_issues
