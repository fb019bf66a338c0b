-- A team's week, as far as enough people stand behind it: what was spent where enough people spent, what was
-- shipped where enough shipped. Small teams stand together, so that the rows still add up to what is published of
-- the organisation; a team may show what it spent and stand with others for what it shipped.
{{ config(alias='fct_team_week') }}
{% set shipped = var('counts_shipped') %}

with idle as (
    select
        team_id,
        week_start,
        requests = 0 as nothing_spent,
        -- Nothing was shipped here, which is not the same as what may not be shown.
        outcomes_shipped + outcomes_abandoned = 0 as nothing_shipped
    from {{ ref('fct_team_week') }}
),

weeks as (
    select
        coalesce(spent.team_id, shipped.team_id) as team_id,
        coalesce(spent.week_start, shipped.week_start) as week_start,
        spent.team_id is null and coalesce(idle.nothing_spent, false) as nothing_spent,
        shipped.team_id is null and coalesce(idle.nothing_shipped, false) as nothing_shipped,
        spent.headcount,
        spent.people_active,
        {% for count in var('counts_spent') %}
        spent.{{ count }},
        {% endfor %}
        {% for part in ['cost'] + var('tiers') %}
        spent.{{ 'cost_usd' if part == 'cost' else 'cost_' ~ part ~ '_usd' }},
        {% endfor %}
        spent.token_share,
        lead_times.outcomes_with_lead_time,
        lead_times.lead_time_hours,
        shipped.people_shipping,
        {% for count in shipped %}
        shipped.{{ count }},
        {% endfor %}
        {% for measure in ['value_units', 'cohort_cost_usd', 'cohort_cost_undone_usd', 'attempted_cost_usd'] %}
        shipped.{{ measure }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_team_week_spending') }} as spent
    full outer join {{ ref('int_team_week_shipping') }} as shipped
        on spent.team_id = shipped.team_id and spent.week_start = shipped.week_start
    left join {{ ref('int_team_week_lead_times') }} as lead_times
        on shipped.team_id = lead_times.team_id and shipped.week_start = lead_times.week_start
    left join idle
        on
            coalesce(spent.team_id, shipped.team_id) = idle.team_id
            and coalesce(spent.week_start, shipped.week_start) = idle.week_start
)

select
    team_id,
    week_start,
    case when headcount >= {{ var('min_group') }} then headcount end as headcount,
    {% for count in ['people_active'] + var('counts_spent') %}
    case when nothing_spent then 0 else {{ count }} end as {{ count }},
    {% endfor %}
    {% for part in ['cost'] + var('tiers') %}
    {% set cost = 'cost_usd' if part == 'cost' else 'cost_' ~ part ~ '_usd' %}
    cast(case when nothing_spent then 0 else {{ cost }} end as decimal(20, 10)) as {{ cost }},
    {% endfor %}
    {% for count in ['people_shipping'] + shipped %}
    case when nothing_shipped then 0 else {{ count }} end as {{ count }},
    {% endfor %}
    cast(case when nothing_shipped then 0 else value_units end as decimal(20, 4)) as value_units,
    {% for cost in ['cohort_cost_usd', 'cohort_cost_undone_usd', 'attempted_cost_usd'] %}
    cast(case when nothing_shipped then 0 else {{ cost }} end as decimal(20, 10)) as {{ cost }},
    {% endfor %}
    cast({{ ratio('cohort_cost_usd', 'value_units') }} as decimal(20, 10)) as cost_per_value_unit_usd,
    cast({{ ratio('attempted_cost_usd', 'outcomes_shipped + outcomes_abandoned') }} as decimal(20, 10))
        as cost_per_attempt_usd,
    case when nothing_shipped then 0 else outcomes_with_lead_time end as outcomes_with_lead_time,
    lead_time_hours,
    case when nothing_spent then 0 else token_share end as token_share,
    case
        when nothing_shipped then 0
        else {{ ratio('value_units', 'sum(value_units) over (partition by week_start)') }}
    end as value_share
from weeks
