-- Days and weeks of teams hold all usage and all shipped value, months of repositories all usage that has one:
-- nothing falls between two periods, two teams or two tables.
{% set spent = ['total_tokens', 'cost_usd'] %}

with totals as (
    {% for measure in spent + ['requests', 'unpriced_tokens'] %}
    select
        'weeks, {{ measure }}' as found,
        (select sum({{ measure }}) from {{ ref('fct_usage') }}) as ours,
        (select sum({{ measure }}) from {{ ref('fct_team_week') }}) as theirs
    union all
    select
        'days, {{ measure }}',
        (select sum({{ measure }}) from {{ ref('fct_usage') }}),
        (select sum({{ measure }}) from {{ ref('fct_team_usage_daily') }})
    union all
    {% endfor %}
    {% for measure in spent %}
    select
        'months, {{ measure }}' as found,
        (select sum({{ measure }}) from {{ ref('fct_usage') }} where repository is not null) as ours,
        (select sum({{ measure }}) from {{ ref('fct_container_month') }} where container_type = 'repository') as theirs
    union all
    {% endfor %}
    select
        'weeks, value' as found,
        (select sum(value_units) from {{ ref('fct_outcomes') }} where not is_bot) as ours,
        (select sum(value_units) from {{ ref('fct_team_week') }}) as theirs
    union all
    select
        'weeks, outcomes',
        (select count(*) from {{ ref('fct_outcomes') }} where carries_value and survival is not null and not is_bot),
        (select sum(outcomes_shipped) from {{ ref('fct_team_week') }})
    union all
    select
        'months, value',
        (select sum(value_units) from {{ ref('fct_outcomes') }} where container is not null),
        (select sum(value_units) from {{ ref('fct_container_month') }})
    -- Of months that were rolled up the ledger does not say any more what their work cost.
    union all
    select
        'months, cohort cost',
        (
            select sum(costs.cost_usd)
            from {{ ref('fct_outcomes') }} as outcomes
            inner join {{ ref('int_bearer_costs') }} as costs on outcomes.outcome_id = costs.outcome_id
            where
                outcomes.carries_value and outcomes.survival is not null and outcomes.container is not null
                and outcomes.shipped_at >= {{ closed_before('month_before') }}
        ),
        (
            select sum(cohort_cost_usd) from {{ ref('fct_container_month') }}
            where month_start >= {{ closed_before('month_before') }}
        )
)

select *
from totals
where coalesce(ours, 0) <> coalesce(theirs, 0)
