-- What is published of days is all that is told of them: no row lost, none twice.
{% set measures = ['requests', 'total_tokens', 'cost_usd'] %}

with ours as (
    select
        usage_date,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(piece_cost_usd) as cost_usd
    from {{ ref('int_usage_told') }}
    where day_is_told
    group by usage_date
),

published as (
    select
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        usage_date
    from {{ ref('published_fct_team_usage_daily') }}
    -- What closed days are made of is not kept.
    where usage_date >= {{ closed_before() }}
    group by usage_date
)

select
    coalesce(ours.usage_date, published.usage_date) as usage_date,
    ours.total_tokens as ours,
    published.total_tokens as theirs
from ours
full outer join published on ours.usage_date = published.usage_date
where
    ours.usage_date is null
    {% for measure in measures %}
    or coalesce(ours.{{ measure }}, 0) <> coalesce(published.{{ measure }}, 0)
    {% endfor %}
