-- A team's use of a model with a tool in a day, as far as enough people stand behind it.
{{ config(alias='fct_team_usage_daily') }}

with batches as (
    select
        usage_date,
        day_group as team_id,
        published_tool as tool,
        published_provider as provider,
        published_model as model,
        batch,
        count(distinct person_key) as people,
        {% for count in ['requests', 'total_tokens'] + var('counts_of_tokens') %}
        cast(sum({{ count }}) as bigint) as {{ count }},
        {% endfor %}
        min(case when counters_are_told then 1 else 0 end) as counters_are_told,
        count(case when is_priced then 1 end) as priced,
        count(case when is_unpriced then 1 end) as unpriced,
        sum(piece_cost_usd) as cost_usd
    from {{ ref('int_usage_told') }}
    where day_is_told
    group by usage_date, day_group, published_tool, published_provider, published_model, batch
)

select
    usage_date,
    team_id,
    tool,
    provider,
    model,
    -- Who came later may be few: they are in the sums, and not counted.
    max(people) as people,
    cast(sum(requests) as bigint) as requests,
    {% for count in var('counts_of_tokens') %}
    cast(case when min(counters_are_told) = 1 then sum({{ count }}) end as bigint) as {{ count }},
    {% endfor %}
    cast(sum(total_tokens) as bigint) as total_tokens,
    cast(
        case when sum(unpriced) = 0 then 0 when sum(priced) = 0 then sum(total_tokens) end as bigint
    ) as unpriced_tokens,
    cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
from batches
group by usage_date, team_id, tool, provider, model
having max(people) >= {{ var('min_group') }}
