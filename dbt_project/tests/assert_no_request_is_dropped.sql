-- Every request, and all that only a report tells of, stands in one row of fct_usage, with its tokens: no join on the
-- way lost or doubled any.
with priced_or_not as (
    select
        coalesce(requests.request_key, placed.request_key) as name,
        requests.total_tokens as ours,
        placed.total_tokens as theirs
    from (
        select request_key, total_tokens from {{ ref('int_usage_requests') }}
        union all
        select request_key, total_tokens from {{ ref('int_vendor_counted') }}
    ) as requests
    full outer join {{ ref('int_usage_placed') }} as placed on requests.request_key = placed.request_key
),

used as (
    select
        usage_id,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(unpriced_tokens) as unpriced_tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_placed') }}
    group by usage_id
)

select
    'request' as found,
    name
from priced_or_not
where ours is null or theirs is null or ours <> theirs

union all

select
    'usage',
    coalesce(used.usage_id, usage.usage_id)
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
