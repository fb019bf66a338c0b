-- What is told of a team's week of spending. Shares are of what is told: of all, they would tell of the rest.
with team_heads as (
    select distinct
        published_team_id,
        week_start,
        batch,
        team_id,
        headcount
    from {{ ref('int_usage_told') }}
),

heads as (
    select
        published_team_id,
        week_start,
        sum(headcount) as headcount
    from team_heads
    group by published_team_id, week_start, batch
    -- As it was told first: a list of people that is corrected later may differ by one.
    qualify rank() over (partition by published_team_id, week_start order by batch) = 1
),

batches as (
    select
        published_team_id,
        week_start,
        batch,
        count(distinct person_key) as people_active,
        {% for count in ['requests', 'total_tokens', 'unpriced_tokens'] %}
        sum({{ count }}) as {{ count }},
        {% endfor %}
        sum(piece_cost_usd) as cost_usd,
        {% for tier in var('tiers') %}
        sum(case when tier = '{{ tier }}' then piece_cost_usd end) as cost_{{ tier }}_usd,
        {% endfor %}
        min(case when tiers_are_told then 1 else 0 end) as tiers_are_told,
        min(case when unpriced_is_told then 1 else 0 end) as unpriced_is_told
    from {{ ref('int_usage_told') }}
    group by published_team_id, week_start, batch
)

select
    batches.published_team_id as team_id,
    batches.week_start,
    cast(max(heads.headcount) as bigint) as headcount,
    -- Who came later may be few: they are in the sums, and not counted.
    max(batches.people_active) as people_active,
    cast(sum(batches.requests) as bigint) as requests,
    cast(sum(batches.total_tokens) as bigint) as total_tokens,
    cast(case when min(batches.unpriced_is_told) = 1 then sum(batches.unpriced_tokens) end as bigint)
        as unpriced_tokens,
    cast(sum(batches.cost_usd) as decimal(20, 10)) as cost_usd,
    {% for tier in var('tiers') %}
    cast(
        case when min(batches.tiers_are_told) = 1 then coalesce(sum(batches.cost_{{ tier }}_usd), 0) end
        as decimal(20, 10)
    ) as cost_{{ tier }}_usd,
    {% endfor %}
    {{ ratio('sum(batches.total_tokens)', 'sum(sum(batches.total_tokens)) over (partition by batches.week_start)') }}
        as token_share
from batches
inner join heads on batches.published_team_id = heads.published_team_id and batches.week_start = heads.week_start
group by batches.published_team_id, batches.week_start
having max(batches.people_active) >= {{ var('min_group') }}
