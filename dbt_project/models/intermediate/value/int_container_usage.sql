-- Usage by the repository that it was made in and, through the ledger, by the project whose issue it
-- was made for.
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
        projects.project as container,
        'project' as container_type,
        cast({{ dbt.date_trunc('month', 'usage.usage_date') }} as date) as month_start,
        usage.person_key,
        ledger.tokens as total_tokens,
        ledger.cost_usd
    from {{ ref('fct_attribution') }} as ledger
    inner join {{ ref('fct_usage') }} as usage on ledger.usage_id = usage.usage_id
    inner join {{ ref('int_outcome_projects') }} as projects on ledger.outcome_id = projects.outcome_id
)

select * from in_repositories
union all
select * from on_issues
