-- A person's use of a model in a session on a branch in a day.
{% set counters = [
    'requests', 'input_uncached_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'total_tokens',
    'unpriced_tokens',
] %}

select
    placed.usage_id,
    placed.usage_date,
    placed.person_key,
    placed.team_id,
    placed.source,
    placed.tool,
    placed.provider,
    placed.model,
    repositories.repository,
    branches.name as branch,
    placed.session_id,
    min(summed.first_at) as first_at,
    max(summed.last_at) as last_at,
    {% for counter in counters %}
    cast(sum(summed.{{ counter }}) as bigint) as {{ counter }},
    {% endfor %}
    cast(sum(summed.cost_usd) as decimal(20, 10)) as cost_usd,
    cast(sum(summed.vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    max(placed.vendor_cost_basis) as vendor_cost_basis,
    max(placed.output_quality) as output_quality,
    max(placed.is_aggregate) as is_aggregate,
    {{ sorted_list_of('summed.price_id') }} as price_ids
from {{ ref('int_usage_summed') }} as summed
inner join {{ ref('int_circumstances_placed') }} as placed
    on summed.circumstance_id = placed.circumstance_id and summed.usage_date = placed.usage_date
left join {{ ref('int_repositories') }} as repositories on placed.repository_key = repositories.repository_key
left join {{ ref('stg_names') }} as branches on placed.branch_key = branches.name_key and branches.kind = 'branch'
group by
    placed.usage_id, placed.usage_date, placed.person_key, placed.team_id, placed.source, placed.tool, placed.provider,
    placed.model, repositories.repository, branches.name, placed.session_id
