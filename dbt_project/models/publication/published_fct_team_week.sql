-- A team's week, as far as enough people stand behind it: what was spent where enough people spent, what
-- was shipped where enough shipped. Small teams stand together, so that the rows still add up to what is
-- published of the organisation; a team may show what it spent and stand with others for what it shipped.
{{ config(alias='fct_team_week') }}

with spent as (
    select
        groups.published_team_id as team_id,
        groups.week_start,
        cast(sum(weeks.headcount) as bigint) as headcount,
        max(groups.people) as people_active,
        {% for count in var('counts_spent') %}
        cast(sum(weeks.{{ count }}) as bigint) as {{ count }},
        {% endfor %}
        cast(sum(weeks.cost_usd) as decimal(20, 10)) as cost_usd,
        {% for tier in var('tiers') %}
        cast(sum(weeks.cost_{{ tier }}_usd) as decimal(20, 10)) as cost_{{ tier }}_usd,
        {% endfor %}
        {{ exact_sum('weeks.token_share') }} as token_share,
        {{ exact_sum('weeks.value_share') }} as value_share,
        -- Nothing was shipped here, which is not the same as what may not be shown.
        sum(weeks.outcomes_shipped) = 0 as nothing_shipped,
        sum(weeks.outcomes_shipped + weeks.outcomes_abandoned) = 0 as nothing_attempted
    from {{ ref('fct_team_week') }} as weeks
    inner join {{ ref('int_team_week_spending_groups') }} as groups
        on weeks.team_id = groups.team_id and weeks.week_start = groups.week_start
    group by groups.published_team_id, groups.week_start
),

shipped as (
    select
        groups.published_team_id as team_id,
        groups.week_start,
        max(groups.people) as people_shipping,
        {% for count in var('counts_shipped') %}
        cast(sum(weeks.{{ count }}) as bigint) as {{ count }},
        {% endfor %}
        cast(sum(weeks.value_units) as decimal(20, 4)) as value_units,
        cast(sum(weeks.cohort_cost_usd) as decimal(20, 10)) as cohort_cost_usd,
        cast(sum(weeks.cohort_cost_undone_usd) as decimal(20, 10)) as cohort_cost_undone_usd,
        cast(sum(weeks.attempted_cost_usd) as decimal(20, 10)) as attempted_cost_usd,
        {{ exact_sum('weeks.value_share') }} as value_share,
        {{ exact_sum('weeks.token_share') }} as token_share,
        sum(weeks.requests) = 0 as nothing_spent
    from {{ ref('fct_team_week') }} as weeks
    inner join {{ ref('int_team_week_shipping_groups') }} as groups
        on weeks.team_id = groups.team_id and weeks.week_start = groups.week_start
    group by groups.published_team_id, groups.week_start
)

select
    coalesce(spent.team_id, shipped.team_id) as team_id,
    coalesce(spent.week_start, shipped.week_start) as week_start,
    case when spent.headcount >= {{ var('min_group') }} then spent.headcount end as headcount,
    {% for count in ['people_active'] + var('counts_spent') %}
    coalesce(spent.{{ count }}, case when shipped.nothing_spent then 0 end) as {{ count }},
    {% endfor %}
    {% for part in ['cost'] + var('tiers') %}
    {% set cost = 'cost_usd' if part == 'cost' else 'cost_' ~ part ~ '_usd' %}
    cast(case when spent.team_id is null and shipped.nothing_spent then 0 else spent.{{ cost }} end as decimal(20, 10))
        as {{ cost }},
    {% endfor %}
    {% for count in ['people_shipping'] + var('counts_shipped') %}
    {% set nothing = 'nothing_attempted' if count == 'outcomes_abandoned' else 'nothing_shipped' %}
    coalesce(shipped.{{ count }}, case when spent.{{ nothing }} then 0 end) as {{ count }},
    {% endfor %}
    cast(coalesce(shipped.value_units, case when spent.nothing_shipped then 0 end) as decimal(20, 4)) as value_units,
    {% for cost in ['cohort_cost_usd', 'cohort_cost_undone_usd', 'attempted_cost_usd'] %}
    {% set nothing = 'nothing_attempted' if cost == 'attempted_cost_usd' else 'nothing_shipped' %}
    cast(
        case when shipped.team_id is null and spent.{{ nothing }} then 0 else shipped.{{ cost }} end
        as decimal(20, 10)
    ) as {{ cost }},
    {% endfor %}
    cast({{ ratio('shipped.cohort_cost_usd', 'shipped.value_units') }} as decimal(20, 10)) as cost_per_value_unit_usd,
    cast(
        {{ ratio('shipped.attempted_cost_usd', 'shipped.outcomes_shipped + shipped.outcomes_abandoned') }}
        as decimal(20, 10)
    ) as cost_per_attempt_usd,
    coalesce(lead_times.outcomes_with_lead_time, case when spent.nothing_shipped then 0 end) as outcomes_with_lead_time,
    lead_times.lead_time_hours,
    case when spent.team_id is null and shipped.nothing_spent then shipped.token_share else spent.token_share end
        as token_share,
    case when shipped.team_id is null and spent.nothing_shipped then spent.value_share else shipped.value_share end
        as value_share
from spent
full outer join shipped on spent.team_id = shipped.team_id and spent.week_start = shipped.week_start
left join {{ ref('int_team_week_lead_times') }} as lead_times
    on shipped.team_id = lead_times.team_id and shipped.week_start = lead_times.week_start
