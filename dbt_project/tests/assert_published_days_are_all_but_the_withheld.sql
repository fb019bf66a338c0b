-- What is published of a day is all usage of it but what too few people did: no row lost, none twice. So where
-- nothing is withheld it is what the warehouse says.
{% set measures = [
    'requests', 'input_uncached_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'total_tokens',
    'unpriced_tokens', 'cost_usd'
] %}

with shown as (
    select distinct usage_id from {{ ref('int_team_days_published') }}
),

ours as (
    select
        {% for measure in measures %}
        sum(usage.{{ measure }}) as {{ measure }},
        {% endfor %}
        usage.usage_date
    from {{ ref('fct_usage') }} as usage
    inner join shown on usage.usage_id = shown.usage_id
    group by usage.usage_date
),

published as (
    select
        {% for measure in measures %}
        sum({{ measure }}) as {{ measure }},
        {% endfor %}
        usage_date
    from {{ ref('published_fct_team_usage_daily') }}
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
