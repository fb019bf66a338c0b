-- What a team used in a week, and how sure it is what for.
with usage as (
    select
        usage_id,
        coalesce(team_id, '{{ var("no_team") }}') as team_id,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        person_key,
        requests,
        total_tokens,
        unpriced_tokens,
        cost_usd
    from {{ ref('fct_usage') }}
),

tiers as (
    select
        {% for tier in var('tiers') %}
        sum(case when tier = '{{ tier }}' then cost_usd end) as cost_{{ tier }}_usd,
        {% endfor %}
        usage_id
    from {{ ref('fct_attribution') }}
    group by usage_id
)

select
    usage.team_id,
    usage.week_start,
    count(distinct usage.person_key) as people_active,
    cast(sum(usage.requests) as bigint) as requests,
    cast(sum(usage.total_tokens) as bigint) as total_tokens,
    cast(sum(usage.unpriced_tokens) as bigint) as unpriced_tokens,
    {% for tier in var('tiers') %}
    cast(coalesce(sum(tiers.cost_{{ tier }}_usd), 0) as decimal(20, 10)) as cost_{{ tier }}_usd,
    {% endfor %}
    cast(sum(usage.cost_usd) as decimal(20, 10)) as cost_usd
from usage
left join tiers on usage.usage_id = tiers.usage_id
group by usage.team_id, usage.week_start
