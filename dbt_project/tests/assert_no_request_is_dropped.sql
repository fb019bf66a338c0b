-- Every request, and all that only a report tells of, stands in one row of fct_usage, with its tokens: no join on the
-- way lost or doubled any. Requests themselves are counted by day, and what is made of them by circumstances and day.
with requests as (
    select
        cast(occurred_at as date) as usage_date,
        count(*) as requests,
        sum(total_tokens) as total_tokens
    from {{ ref('int_usage_requests') }}
    group by cast(occurred_at as date)
),

days as (
    select
        usage_date,
        sum(requests) as requests,
        sum(input_uncached_tokens + cache_read_tokens + cache_write_tokens + output_tokens) as total_tokens
    from {{ ref('int_circumstance_days') }}
    group by usage_date
),

said as (
    select
        circumstance_id,
        usage_date,
        requests,
        input_uncached_tokens + cache_read_tokens + cache_write_tokens + output_tokens as total_tokens
    from {{ ref('int_circumstance_days') }}
    union all
    select
        {{ number_of(['request_key']) }},
        cast(occurred_at as date),
        requests,
        total_tokens
    from {{ ref('int_vendor_counted') }}
),

priced_days as (
    select
        usage_date,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(unpriced_tokens) as unpriced_tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_priced') }}
    group by usage_date
),

summed_days as (
    select
        usage_date,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(unpriced_tokens) as unpriced_tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_summed') }}
    group by usage_date
),

summed as (
    select
        circumstance_id,
        usage_date,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(unpriced_tokens) as unpriced_tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_summed') }}
    group by circumstance_id, usage_date
),

used as (
    select
        placed.usage_id,
        sum(summed.requests) as requests,
        sum(summed.total_tokens) as total_tokens,
        sum(summed.unpriced_tokens) as unpriced_tokens,
        sum(summed.cost_usd) as cost_usd
    from summed
    -- What met no circumstances would be of no usage, and so of none that is there.
    left join {{ ref('int_circumstances_placed') }} as placed
        on summed.circumstance_id = placed.circumstance_id and summed.usage_date = placed.usage_date
    group by placed.usage_id
)

select
    'requests of a day' as found,
    cast(coalesce(requests.usage_date, days.usage_date) as {{ dbt.type_string() }}) as name
from requests
full outer join days on requests.usage_date = days.usage_date
where
    coalesce(requests.requests, 0) <> coalesce(days.requests, 0)
    or coalesce(requests.total_tokens, 0) <> coalesce(days.total_tokens, 0)

union all

select
    'priced usage of a day',
    cast(coalesce(priced.usage_date, summed.usage_date) as {{ dbt.type_string() }})
from priced_days as priced
full outer join summed_days as summed on priced.usage_date = summed.usage_date
where
    coalesce(priced.requests, 0) <> coalesce(summed.requests, 0)
    or coalesce(priced.total_tokens, 0) <> coalesce(summed.total_tokens, 0)
    or coalesce(priced.unpriced_tokens, 0) <> coalesce(summed.unpriced_tokens, 0)
    or coalesce(priced.cost_usd, -1) <> coalesce(summed.cost_usd, -1)

union all

select
    'requests under circumstances',
    cast(coalesce(said.circumstance_id, summed.circumstance_id) as {{ dbt.type_string() }})
from said
full outer join summed on said.circumstance_id = summed.circumstance_id and said.usage_date = summed.usage_date
where
    coalesce(said.requests, 0) <> coalesce(summed.requests, 0)
    or coalesce(said.total_tokens, 0) <> coalesce(summed.total_tokens, 0)

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
