-- The figures of teams' weeks as they are published now and as they were first, one row a figure. Ratios and
-- shares follow from these, and counts of people are not compared: who came and went is nobody's business.
{% set figures = var('counts_spent') + ['cost_usd'] + var('counts_shipped') + [
    'value_units', 'cohort_cost_usd', 'cohort_cost_undone_usd', 'attempted_cost_usd'
] %}
{% for tier in var('tiers') %}{% do figures.append('cost_' ~ tier ~ '_usd') %}{% endfor %}

with stands as (
    {% for figure in figures %}
    select team_id, week_start, '{{ figure }}' as figure, cast({{ figure }} as decimal(38, 10)) as value
    from {{ ref('published_fct_team_week') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

stood as (
    select
        weeks.team_id,
        weeks.week_start,
        weeks.figure,
        weeks.value
    from {{ source('audit', 'first_published_weeks') }} as weeks
    inner join {{ ref('int_first_published') }} as firsts
        on weeks.week_start = firsts.week_start and weeks.publication = firsts.publication
    where
        false
        {% for figure in figures %}
        or weeks.figure = '{{ figure }}'
        {% endfor %}
)

select
    coalesce(stands.team_id, stood.team_id) as team_id,
    coalesce(stands.week_start, stood.week_start) as week_start,
    coalesce(stands.figure, stood.figure) as figure,
    stood.value as first_value,
    stands.value
from stands
full outer join stood
    on stands.team_id = stood.team_id and stands.week_start = stood.week_start and stands.figure = stood.figure
