-- What was spent, at whatever time, on each outcome that carries value: its own share of the ledger and
-- that of the changes and sub-tasks which it stands for. Divided in units of the last decimal.
with spent as (
    select
        outcome_id,
        cast(sum(tokens) as bigint) as tokens,
        {{ in_units('sum(cost_usd)') }} as cost_units
    from {{ ref('fct_attribution') }}
    where outcome_id is not null
    group by outcome_id
),

divided as (
    select
        bearers.bearer_id,
        {{ share_of('spent.tokens', 'bearers.place', 'bearers.places') }} as tokens,
        {{ share_of('spent.cost_units', 'bearers.place', 'bearers.places') }} as cost_units
    from spent
    inner join {{ ref('int_value_bearers') }} as bearers on spent.outcome_id = bearers.outcome_id
)

select
    bearer_id as outcome_id,
    cast(sum(tokens) as bigint) as tokens,
    {{ in_dollars('sum(cost_units)') }} as cost_usd
from divided
group by bearer_id
