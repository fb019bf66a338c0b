-- What is spent on pieces of work is the ledger's, no more and no less: of every outcome whose value stands
-- somewhere all of it, and of those that shipped in a week the cohort's. Only what was spent on epics stands nowhere.
with borne as (
    select distinct outcome_id from {{ ref('int_value_bearers') }}
),

totals as (
    select
        'pieces of work' as found,
        (
            select sum(ledger.cost_usd)
            from {{ ref('fct_attribution') }} as ledger
            inner join borne on ledger.outcome_id = borne.outcome_id
        ) as ours,
        (select sum(cost_usd) from {{ ref('int_bearer_costs') }}) as theirs

    union all

    select
        'pieces of work, tokens',
        (
            select sum(ledger.tokens)
            from {{ ref('fct_attribution') }} as ledger
            inner join borne on ledger.outcome_id = borne.outcome_id
        ),
        (select sum(tokens) from {{ ref('int_bearer_costs') }})

    union all

    select
        'cohorts',
        (
            select sum(costs.cost_usd)
            from {{ ref('int_bearer_costs') }} as costs
            inner join {{ ref('fct_outcomes') }} as outcomes on costs.outcome_id = outcomes.outcome_id
            -- Of closed days the ledger does not say which work it was.
            where outcomes.carries_value and outcomes.shipped_at >= {{ closed_before() }} and not outcomes.is_bot
        ),
        (select sum(cohort_cost_usd) from {{ ref('fct_team_week') }} where week_start >= {{ closed_before() }})
)

select *
from totals
where coalesce(ours, 0) <> coalesce(theirs, 0)
