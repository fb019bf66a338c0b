-- A team's use of a model with a tool in a day.
select
    usage_date,
    coalesce(team_id, '{{ var("no_team") }}') as team_id,
    tool,
    provider,
    model,
    count(distinct person_key) as people,
    cast(sum(requests) as bigint) as requests,
    cast(sum(input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(cache_write_tokens) as bigint) as cache_write_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    cast(sum(total_tokens) as bigint) as total_tokens,
    cast(sum(unpriced_tokens) as bigint) as unpriced_tokens,
    cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
from {{ ref('fct_usage') }}
group by usage_date, coalesce(team_id, '{{ var("no_team") }}'), tool, provider, model
