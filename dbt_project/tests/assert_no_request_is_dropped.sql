-- Every request, and all that only a report tells of, stands in one row of fct_usage, with its tokens: no join on the
-- way lost or doubled any. Counted by circumstances and day; that no key comes twice is a test of its own.
with said as (
    select
        circumstance_id,
        cast(occurred_at as date) as usage_date,
        count(*) as said_rows,
        sum(total_tokens) as total_tokens
    from {{ ref('int_usage_requests') }}
    group by circumstance_id, cast(occurred_at as date)
    union all
    select
        {{ number_of(['request_key']) }},
        cast(occurred_at as date),
        1,
        total_tokens
    from {{ ref('int_vendor_counted') }}
),

priced as (
    select
        circumstance_id,
        usage_date,
        count(*) as priced_rows,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(unpriced_tokens) as unpriced_tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_priced') }}
    group by circumstance_id, usage_date
),

used as (
    select
        placed.usage_id,
        sum(priced.requests) as requests,
        sum(priced.total_tokens) as total_tokens,
        sum(priced.unpriced_tokens) as unpriced_tokens,
        sum(priced.cost_usd) as cost_usd
    from priced
    -- What met no circumstances would be of no usage, and so of none that is there.
    left join {{ ref('int_circumstances_placed') }} as placed
        on priced.circumstance_id = placed.circumstance_id and priced.usage_date = placed.usage_date
    group by placed.usage_id
)

select
    'request' as found,
    cast(coalesce(said.circumstance_id, priced.circumstance_id) as {{ dbt.type_string() }}) as name
from said
full outer join priced on said.circumstance_id = priced.circumstance_id and said.usage_date = priced.usage_date
where
    coalesce(said.said_rows, 0) <> coalesce(priced.priced_rows, 0)
    or coalesce(said.total_tokens, 0) <> coalesce(priced.total_tokens, 0)

union all

select
    'usage',
    coalesce(used.usage_id, usage.usage_id, 'of none')
from used
full outer join {{ ref('fct_usage') }} as usage on used.usage_id = usage.usage_id
where
    -- Of closed days no request is kept.
    coalesce(usage.usage_date >= {{ closed_before() }}, true) and (
        coalesce(used.requests, 0) <> coalesce(usage.requests, 0)
        or coalesce(used.total_tokens, 0) <> coalesce(usage.total_tokens, 0)
        or coalesce(used.unpriced_tokens, 0) <> coalesce(usage.unpriced_tokens, 0)
        or coalesce(used.cost_usd, -1) <> coalesce(usage.cost_usd, -1)
    )
