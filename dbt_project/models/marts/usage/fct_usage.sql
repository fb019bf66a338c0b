-- A person's use of a model in a session on a branch in a day. A day is made anew when something that it is made of is
-- not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_usage_day_marks', 'named_mark') }}"
    )
}}

{% set counters = [
    'requests', 'input_uncached_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'total_tokens',
    'unpriced_tokens',
] %}

with days as (
    select
        usage_date,
        named_mark
    from {{ ref('int_usage_day_marks') }}
    {% if is_incremental() %}
    where named_mark not in (select distinct known.made_of from {{ this }} as known where known.made_of is not null)
    {% endif %}
)

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
    {{ sorted_list_of('summed.price_id') }} as price_ids,
    days.named_mark as made_of
from {{ ref('int_usage_summed') }} as summed
inner join days on summed.usage_date = days.usage_date
inner join {{ ref('int_circumstances_placed') }} as placed
    on summed.circumstance_id = placed.circumstance_id and summed.usage_date = placed.usage_date
left join {{ ref('int_repositories') }} as repositories on placed.repository_key = repositories.repository_key
left join {{ ref('stg_names') }} as branches on placed.branch_key = branches.name_key and branches.kind = 'branch'
group by
    placed.usage_id, placed.usage_date, placed.person_key, placed.team_id, placed.source, placed.tool, placed.provider,
    placed.model, repositories.repository, branches.name, placed.session_id, days.named_mark
