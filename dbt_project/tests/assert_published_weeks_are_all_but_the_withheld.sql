-- What is published of a week is all that teams spent but where too few people did, and all that they shipped but
-- where too few did. So where nothing is withheld it is what the warehouse says.
{% set spent = var('counts_spent') + ['cost_usd', 'cost_unattributed_usd'] %}
{% set costs_shipped = ['cohort_cost_usd', 'cohort_cost_undone_usd', 'attempted_cost_usd'] %}
{% set shipped = var('counts_shipped') + ['value_units'] + costs_shipped %}

with ours as (
    select
        {% for measure in spent %}
        sum(case when spending.team_id is not null then weeks.{{ measure }} end) as {{ measure }},
        {% endfor %}
        {% for measure in shipped %}
        sum(case when shipping.team_id is not null then weeks.{{ measure }} end) as {{ measure }},
        {% endfor %}
        weeks.week_start
    from {{ ref('fct_team_week') }} as weeks
    left join {{ ref('int_team_week_spending_groups') }} as spending
        on weeks.team_id = spending.team_id and weeks.week_start = spending.week_start
    left join {{ ref('int_team_week_shipping_groups') }} as shipping
        on weeks.team_id = shipping.team_id and weeks.week_start = shipping.week_start
    group by weeks.week_start
),

published as (
    select
        {% for measure in spent + shipped %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        week_start
    from {{ ref('published_fct_team_week') }}
    group by week_start
)

select
    coalesce(ours.week_start, published.week_start) as week_start,
    ours.total_tokens as ours,
    published.total_tokens as theirs
from ours
full outer join published on ours.week_start = published.week_start
where
    ours.week_start is null
    {% for measure in spent + shipped %}
    or coalesce(ours.{{ measure }}, 0) <> coalesce(published.{{ measure }}, 0)
    {% endfor %}
