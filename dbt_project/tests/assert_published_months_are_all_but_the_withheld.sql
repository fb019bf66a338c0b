-- What is published of months is all that is told of containers.
with ours as (
    select
        container_type,
        month_start,
        sum(total_tokens) as total_tokens,
        sum(case when kind = 'spent' then cost_usd end) as cost_usd,
        sum(case when kind = 'shipped' and cost_is_told then cost_usd end) as cohort_cost_usd,
        count(case when is_counted then 1 end) as outcomes_shipped
    from {{ ref('int_containers_told') }}
    group by container_type, month_start
),

published as (
    select
        container_type,
        month_start,
        sum(total_tokens) as total_tokens,
        sum(cost_usd) as cost_usd,
        sum(cohort_cost_usd) as cohort_cost_usd,
        sum(outcomes_shipped) as outcomes_shipped
    from {{ ref('published_fct_container_month') }}
    -- What closed months are made of is not kept.
    where month_start >= {{ closed_before('month_before') }}
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
    false
    {% for measure in ['total_tokens', 'cost_usd', 'cohort_cost_usd', 'outcomes_shipped'] %}
    or coalesce(ours.{{ measure }}, 0) <> coalesce(published.{{ measure }}, 0)
    {% endfor %}
