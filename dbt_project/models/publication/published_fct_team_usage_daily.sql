-- A team's use of a model with a tool in a day, as far as enough people stand behind it.
{{ config(alias='fct_team_usage_daily') }}

select
    usage_date,
    published_team_id as team_id,
    published_tool as tool,
    published_provider as provider,
    published_model as model,
    count(distinct person_key) as people,
    cast(sum(requests) as bigint) as requests,
    cast(sum(input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(cache_write_tokens) as bigint) as cache_write_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    cast(sum(total_tokens) as bigint) as total_tokens,
    cast(sum(unpriced_tokens) as bigint) as unpriced_tokens,
    cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
from {{ ref('int_team_days_published') }}
group by usage_date, published_team_id, published_tool, published_provider, published_model
