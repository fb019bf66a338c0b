-- A person's use of a model in a session on a branch in a day.
select
    usage.usage_id,
    usage.usage_date,
    usage.person_key,
    usage.team_id,
    usage.source,
    usage.tool,
    usage.provider,
    usage.model,
    repositories.repository,
    branches.name as branch,
    usage.session_id,
    min(usage.occurred_at) as first_at,
    max(usage.occurred_at) as last_at,
    cast(sum(usage.requests) as bigint) as requests,
    cast(sum(usage.input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(usage.cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(usage.cache_write_tokens) as bigint) as cache_write_tokens,
    cast(sum(usage.output_tokens) as bigint) as output_tokens,
    cast(sum(usage.total_tokens) as bigint) as total_tokens,
    cast(sum(usage.unpriced_tokens) as bigint) as unpriced_tokens,
    cast(sum(usage.cost_usd) as decimal(20, 10)) as cost_usd,
    cast(sum(usage.vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    max(usage.vendor_cost_basis) as vendor_cost_basis,
    max(usage.output_quality) as output_quality,
    max(usage.is_aggregate) as is_aggregate,
    {{ sorted_list_of('usage.price_id') }} as price_ids
from {{ ref('int_usage_placed') }} as usage
left join {{ ref('int_repositories') }} as repositories on usage.repository_key = repositories.repository_key
left join {{ ref('stg_names') }} as branches on usage.branch_key = branches.name_key and branches.kind = 'branch'
group by
    usage.usage_id, usage.usage_date, usage.person_key, usage.team_id, usage.source, usage.tool, usage.provider,
    usage.model, repositories.repository, branches.name, usage.session_id
