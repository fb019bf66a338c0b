-- What is published of a month is all that was spent in containers but where too few people did, and all that
-- shipped but where too few did. So where nothing is withheld it is what the warehouse says.
{% set spent = ['total_tokens', 'cost_usd'] %}
{% set shipped = ['outcomes_shipped', 'outcomes_abandoned', 'value_units', 'attempted_cost_usd'] %}
{% set sides = [
    ('spending', 'int_container_month_spending_groups'), ('shipping', 'int_container_month_shipping_groups')
] %}

with ours as (
    select
        {% for measure in spent %}
        sum(case when spending.container is not null then months.{{ measure }} end) as {{ measure }},
        {% endfor %}
        {% for measure in shipped %}
        sum(case when shipping.container is not null then months.{{ measure }} end) as {{ measure }},
        {% endfor %}
        months.container_type,
        months.month_start
    from {{ ref('fct_container_month') }} as months
    {% for side, groups in sides %}
    left join {{ ref(groups) }} as {{ side }}
        on
            months.container = {{ side }}.container
            and months.container_type = {{ side }}.container_type
            and months.month_start = {{ side }}.month_start
    {% endfor %}
    group by months.container_type, months.month_start
),

published as (
    select
        {% for measure in spent + shipped %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        container_type,
        month_start
    from {{ ref('published_fct_container_month') }}
    group by container_type, month_start
)

select
    coalesce(ours.container_type, published.container_type) as container_type,
    coalesce(ours.month_start, published.month_start) as month_start,
    ours.total_tokens as ours,
    published.total_tokens as theirs
from ours
full outer join published
    on ours.container_type = published.container_type and ours.month_start = published.month_start
where
    ours.month_start is null
    {% for measure in spent + shipped %}
    or coalesce(ours.{{ measure }}, 0) <> coalesce(published.{{ measure }}, 0)
    {% endfor %}
