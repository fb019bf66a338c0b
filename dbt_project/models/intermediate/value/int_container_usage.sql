-- Usage by the repository that it was made in and, through the ledger, by the project whose issue it
-- was made for, with how sure it is what for.
with pieces as (
    select
        usage.repository,
        projects.project,
        cast({{ dbt.date_trunc('month', 'usage.usage_date') }} as date) as month_start,
        usage.person_key,
        ledger.tier,
        ledger.tokens as total_tokens,
        ledger.cost_usd
    from {{ ref('fct_attribution') }} as ledger
    inner join {{ ref('fct_usage') }} as usage on ledger.usage_id = usage.usage_id
    left join {{ ref('int_outcome_projects') }} as projects on ledger.outcome_id = projects.outcome_id
)

{% for type in ['repository', 'project'] %}
select
    {{ type }} as container,
    '{{ type }}' as container_type,
    month_start,
    person_key,
    tier,
    total_tokens,
    cost_usd
from pieces
where {{ type }} is not null
{% if not loop.last %}union all{% endif %}
{% endfor %}
