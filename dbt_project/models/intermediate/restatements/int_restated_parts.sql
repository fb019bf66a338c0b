-- By how much each reason changed each figure of a team's week, under the row in which it is published.
{% set costs = ['cost_usd'] %}
{% for tier in var('tiers') %}{% do costs.append('cost_' ~ tier ~ '_usd') %}{% endfor %}

{% set shipped = {
    'outcomes_shipped': 'case when survival is not null then 1 else 0 end',
    'outcomes_survived': "case when survival = 'survived' then 1 else 0 end",
    'outcomes_undone': "case when survival = 'undone' then 1 else 0 end",
    'outcomes_pending': "case when survival = 'pending' then 1 else 0 end",
    'outcomes_abandoned': 'case when survival is null then 1 else 0 end',
    'value_units': 'value_units',
    'cohort_cost_usd': 'case when survival is not null then cost_usd end',
    'cohort_cost_undone_usd': "case when survival = 'undone' then cost_usd end",
    'attempted_cost_usd': 'cost_usd',
} %}

with outcomes as (
    select
        week_now as week_start, team_now as team_id, survival_now as survival, value_now as value_units,
        cost_now as cost_usd, 1 as sign, reason
    from {{ ref('int_restated_outcomes') }}
    where reason is not null and week_now is not null
    union all
    select week_then, team_then, survival_then, value_then, cost_then, -1, reason
    from {{ ref('int_restated_outcomes') }}
    where reason is not null and week_then is not null
),

parts as (
    {% for figure in var('counts_spent') + costs %}
    select week_start, team_id, reason, 'spent' as half, '{{ figure }}' as figure, {{ figure }} as amount
    from {{ ref('int_restated_usage') }}
    union all
    {% endfor %}
    {% for figure, amount in shipped.items() %}
    select
        week_start, team_id, reason, 'shipped', '{{ figure }}',
        cast(sign * coalesce({{ amount }}, 0) as decimal(38, 10))
    from outcomes
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    coalesce(spending.published_team_id, shipping.published_team_id) as team_id,
    parts.week_start,
    parts.figure,
    parts.reason,
    cast(sum(parts.amount) as decimal(38, 10)) as amount
from parts
left join {{ ref('int_team_week_spending_groups') }} as spending
    on
        case when parts.half = 'spent' then parts.team_id end = spending.team_id
        and parts.week_start = spending.week_start
left join {{ ref('int_team_week_shipping_groups') }} as shipping
    on
        case when parts.half = 'shipped' then parts.team_id end = shipping.team_id
        and parts.week_start = shipping.week_start
where coalesce(spending.published_team_id, shipping.published_team_id) is not null
group by
    coalesce(spending.published_team_id, shipping.published_team_id), parts.week_start, parts.figure, parts.reason
having sum(parts.amount) <> 0
