-- Which containers' months of shipped work are told for the first time, and who stands behind them.
with placed as (
    select * from {{ ref('int_container_outcomes_placed') }}
),

-- Of counts, what a team's week or a tied container's month has without the other; of value, what containers lack.
by_count as (
    select
        *,
        node_is_tied and is_in_both as is_tied
    from placed
    where is_shipped or node_is_tied
),

by_value as (
    select
        *,
        node_is_tied as is_tied
    from placed
    where is_shipped
),

betraying as (
    {{ betraying_scopes('by_count') }}
),

unvalued as (
    {{ betraying_scopes('by_value') }}
    union
    select scope
    from placed
    group by scope
    having min(case when value_is_told then 1 else 0 end) = 0
)

select
    placed.container_type,
    placed.container,
    placed.month_start,
    placed.person_key,
    placed.outcome_id,
    placed.is_counted,
    placed.node_is_tied and unvalued.scope is null as value_is_told,
    placed.value_units,
    {% for measure, amount in [('cost', 'cost_usd'), ('lead_time', 'lead_time_hours')] %}
    {{ measure }}s.scope is not null and placed.node_is_tied as {{ measure }}_is_told,
    case when placed.is_shipped then placed.{{ amount }} end as {{ amount }}{% if not loop.last %},{% endif %}
    {% endfor %}
from placed
{% for measure in ['cost', 'lead_time'] %}
left join {{ ref('int_container_months_with_costs') }} as {{ measure }}s
    on placed.scope = {{ measure }}s.scope and {{ measure }}s.measure = '{{ measure }}'
{% endfor %}
left join betraying on placed.scope = betraying.scope
left join unvalued on placed.scope = unvalued.scope
where placed.is_told and placed.container is not null and betraying.scope is null
