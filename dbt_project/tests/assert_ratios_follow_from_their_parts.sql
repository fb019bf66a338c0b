-- A ratio is what its own row's parts say, to a millionth, and NULL exactly where one of them is missing or the
-- lower one is 0. A dashboard that joins first and divides then shows the total as the cost of each.
{% set attempts = 'outcomes_shipped + outcomes_abandoned' %}
{% set ratios = [
    ('fct_team_week', 'team_id', 'week_start', 'attempted_cost_usd', attempts, 'cost_per_attempt_usd'),
    ('published_fct_team_week', 'team_id', 'week_start', 'attempted_cost_usd', attempts, 'cost_per_attempt_usd'),
    ('fct_team_week', 'team_id', 'week_start', 'cohort_cost_usd', 'value_units', 'cost_per_value_unit_usd'),
    ('published_fct_team_week', 'team_id', 'week_start', 'cohort_cost_usd', 'value_units', 'cost_per_value_unit_usd'),
    ('fct_container_month', 'container', 'month_start', 'cohort_cost_usd', 'value_units', 'cost_per_value_unit_usd'),
    ('published_fct_container_month', 'container', 'month_start', 'cohort_cost_usd', 'value_units', 'cost_per_value_unit_usd'),
    ('fct_container_month', 'container', 'month_start', 'attempted_cost_usd', attempts, 'cost_per_attempt_usd'),
    ('published_fct_container_month', 'container', 'month_start', 'attempted_cost_usd', attempts, 'cost_per_attempt_usd'),
    ('fct_container_month', 'container', 'month_start', 'cost_usd', 'outcomes_shipped', 'cost_per_outcome_usd'),
    ('published_fct_container_month', 'container', 'month_start', 'cost_usd', 'outcomes_shipped', 'cost_per_outcome_usd'),
] %}
{% set shares = [('token_share', 'total_tokens'), ('value_share', 'value_units')] %}

with ratios as (
    {% for table, name, period, upper, lower, ratio in ratios %}
    select
        '{{ table }}.{{ ratio }}' as found,
        {{ name }} as name,
        {{ period }} as period,
        cast({{ upper }} as double) / nullif(cast({{ lower }} as double), 0) as ours,
        cast({{ ratio }} as double) as theirs
    from {{ ref(table) }}
    {% if ratio == 'cost_per_outcome_usd' and table.startswith('published') %}
    -- Of merged rows the containers that spent need not be those that shipped.
    where container <> '{{ var("others") }}'
    {% endif %}
    union all
    {% endfor %}
    {% for share, part in shares %}
    select
        'fct_team_week.{{ share }}' as found,
        team_id as name,
        week_start as period,
        cast({{ part }} as double)
        / nullif(cast(sum({{ part }}) over (partition by week_start) as double), 0) as ours,
        {{ share }} as theirs
    from {{ ref('fct_team_week') }}
    union all
    select
        'fct_team_week.{{ share }}, sum',
        cast(null as string),
        week_start,
        case when sum({{ part }}) > 0 then cast(1 as double) end,
        sum({{ share }})
    from {{ ref('fct_team_week') }}
    group by week_start
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select *
from ratios
where
    (ours is null) <> (theirs is null)
    or abs(ours - theirs) > 0.000001 * greatest(1, abs(ours))
