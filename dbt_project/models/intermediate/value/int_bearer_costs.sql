-- What was spent, at whatever time, on each outcome that carries value: its own share of the ledger and
-- that of the changes and sub-tasks which it stands for. Divided in units of the last decimal.
with spent as (
    select
        outcome_id,
        cast(sum(tokens) as bigint) as tokens,
        cast(sum(cost_usd) * 10000000000 as bigint) as cost_units
    from {{ ref('fct_attribution') }}
    where outcome_id is not null
    group by outcome_id
),

divided as (
    select
        bearers.bearer_id,
        {{ whole_division('spent.tokens', 'bearers.places') }}
        + case when bearers.place <= mod(spent.tokens, bearers.places) then 1 else 0 end as tokens,
        {{ whole_division('spent.cost_units', 'bearers.places') }}
        + case when bearers.place <= mod(spent.cost_units, bearers.places) then 1 else 0 end as cost_units
    from spent
    inner join {{ ref('int_value_bearers') }} as bearers on spent.outcome_id = bearers.outcome_id
)

select
    bearer_id as outcome_id,
    cast(sum(tokens) as bigint) as tokens,
    cast(
        cast(sum(cost_units) as decimal(20, 0)) * cast(0.0000000001 as decimal(10, 10)) as decimal(20, 10)
    ) as cost_usd
from divided
group by bearer_id
