-- What a team used in a week, and how sure it is what for.
select
    team_id,
    week_start,
    count(distinct person_key) as people_active,
    {% for count in var('counts_spent') %}
    cast(sum({{ count }}) as bigint) as {{ count }},
    {% endfor %}
    {% for tier in var('tiers') %}
    cast(sum(cost_{{ tier }}_usd) as decimal(20, 10)) as cost_{{ tier }}_usd,
    {% endfor %}
    cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
from {{ ref('int_usage_by_person_week') }}
group by team_id, week_start
