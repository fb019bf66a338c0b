-- What a person used in a week in a team, and how sure it is what for: what the weeks of teams are made of.
with tiers as (
    select
        {% for tier in var('tiers') %}
        sum(case when tier = '{{ tier }}' then cost_usd end) as cost_{{ tier }}_usd,
        {% endfor %}
        usage_id
    from {{ ref('fct_attribution') }}
    group by usage_id
)

select
    cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date) as week_start,
    coalesce(usage.team_id, '{{ var("no_team") }}') as team_id,
    usage.person_key,
    cast(sum(usage.requests) as bigint) as requests,
    cast(sum(usage.total_tokens) as bigint) as total_tokens,
    cast(sum(usage.unpriced_tokens) as bigint) as unpriced_tokens,
    {% for tier in var('tiers') %}
    cast(coalesce(sum(tiers.cost_{{ tier }}_usd), 0) as decimal(20, 10)) as cost_{{ tier }}_usd,
    {% endfor %}
    cast(sum(usage.cost_usd) as decimal(20, 10)) as cost_usd
from {{ ref('fct_usage') }} as usage
left join tiers on usage.usage_id = tiers.usage_id
group by
    cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date), coalesce(usage.team_id, '{{ var("no_team") }}'),
    usage.person_key
