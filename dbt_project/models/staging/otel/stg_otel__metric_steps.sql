-- What points of metrics add to their series. A delta is what it says; a cumulative point adds what it is above the one
-- before it, and all of itself where its series began anew: at another start, or at less than before.
-- A batch that was written twice holds the same points twice.
with points as (
    select distinct
        max(load_id) over (partition by metric, series, account_key, started_at, measured_at) as load_id,
        metric,
        series,
        is_cumulative,
        account_key,
        service,
        provider,
        model,
        token_type,
        tokens,
        vendor_cost_usd,
        requests,
        started_at,
        measured_at
    from ({{ current_rows('otel_metric_points') }}) as current_points
),

compared as (
    select
        *,
        lag(tokens) over (
            partition by metric, series, account_key, started_at order by measured_at, tokens
        ) as tokens_before,
        lag(vendor_cost_usd) over (
            partition by metric, series, account_key, started_at order by measured_at, vendor_cost_usd
        ) as cost_before,
        lag(requests) over (
            partition by metric, series, account_key, started_at order by measured_at, requests
        ) as requests_before
    from points
)

select
    load_id,
    metric,
    account_key,
    service,
    provider,
    model,
    token_type,
    cast(measured_at as date) as usage_date,
    case
        when is_cumulative and tokens >= tokens_before then tokens - tokens_before
        else tokens
    end as tokens,
    case
        when is_cumulative and vendor_cost_usd >= cost_before then vendor_cost_usd - cost_before
        else vendor_cost_usd
    end as vendor_cost_usd,
    case
        when is_cumulative and requests >= requests_before then requests - requests_before
        else requests
    end as requests
from compared
