-- The ledger that splits usage over outcomes: for every usage_id it sums to fct_usage, to the token
-- and to the last decimal. A request that several outcomes share is divided evenly, what does not
-- divide going to the first ones.
with shares as (
    select
        requests.usage_id,
        links.outcome_id,
        coalesce(links.method, 'none') as method,
        coalesce(links.place, 1) as place,
        coalesce(links.places, 1) as places,
        requests.total_tokens,
        requests.cost_usd
    from {{ ref('int_usage_placed') }} as requests
    left join {{ ref('int_request_links') }} as links on requests.request_key = links.request_key
),

divided as (
    select
        usage_id,
        outcome_id,
        method,
        {{ share_of('total_tokens', 'place', 'places') }} as tokens,
        -- Few are shared, and only those are taken apart into units.
        case
            when places = 1 then cost_usd
            else {{ in_dollars(share_of(in_units('cost_usd'), 'place', 'places')) }}
        end as cost_usd
    from shares
)

select
    divided.usage_id,
    divided.outcome_id,
    methods.tier,
    divided.method,
    reliability.probability,
    cast(sum(divided.tokens) as bigint) as tokens,
    cast(sum(divided.cost_usd) as decimal(20, 10)) as cost_usd
from divided
inner join {{ ref('attribution_methods') }} as methods on divided.method = methods.method
inner join {{ ref('int_method_reliability') }} as reliability on divided.method = reliability.method
group by divided.usage_id, divided.outcome_id, methods.tier, divided.method, reliability.probability
