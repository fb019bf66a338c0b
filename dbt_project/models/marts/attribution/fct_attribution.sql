-- The ledger that splits usage over outcomes: for every usage_id it sums to fct_usage, to the token
-- and to the last decimal. What no work meets stands without an outcome.
with divided as (
    select circumstance_id, usage_date, outcome_id, method, tokens, cost_usd from {{ ref('int_divided_usage') }}
    union all
    select summed.circumstance_id, summed.usage_date, null, 'none', summed.total_tokens, summed.cost_usd
    from {{ ref('int_usage_summed') }} as summed
    left join {{ ref('int_link_marks') }} as marks
        on summed.circumstance_id = marks.circumstance_id and summed.usage_date = marks.usage_date
    where marks.mark is null
)

select
    placed.usage_id,
    divided.outcome_id,
    methods.tier,
    divided.method,
    reliability.probability,
    cast(sum(divided.tokens) as bigint) as tokens,
    cast(sum(divided.cost_usd) as decimal(20, 10)) as cost_usd
from divided
inner join {{ ref('int_circumstances_placed') }} as placed
    on divided.circumstance_id = placed.circumstance_id and divided.usage_date = placed.usage_date
inner join {{ ref('attribution_methods') }} as methods on divided.method = methods.method
inner join {{ ref('int_method_reliability') }} as reliability on divided.method = reliability.method
group by placed.usage_id, divided.outcome_id, methods.tier, divided.method, reliability.probability
