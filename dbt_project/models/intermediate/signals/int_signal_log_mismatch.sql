-- What the client's logs say of a tool against what its vendor reports for the same days. Days of which only one
-- of both speaks at all count where the other has spoken in the same week: a report may be late.
with logged as (
    select
        person_key,
        max(team_id) as team_id,
        tool,
        usage_date,
        sum(total_tokens) as tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('fct_usage') }}
    where person_key is not null and not is_aggregate
    group by person_key, tool, usage_date
),

reported as (
    select person_key, tool, usage_date, vendor_tokens
    from {{ ref('int_vendor_days') }}
    where vendor_tokens > 0
),

days as (
    select
        reported.person_key,
        logged.team_id,
        reported.usage_date,
        reported.vendor_tokens,
        coalesce(logged.tokens, 0) as logged_tokens,
        coalesce(logged.cost_usd, 0) as logged_cost_usd
    from reported
    left join logged
        on
            reported.person_key = logged.person_key
            and reported.tool = logged.tool
            and reported.usage_date = logged.usage_date
),

by_week as (
    select
        person_key,
        max(team_id) as team_id,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        sum(vendor_tokens) as vendor_tokens,
        sum(logged_tokens) as logged_tokens,
        sum(logged_cost_usd) as cost_usd
    from days
    group by person_key, cast({{ dbt.date_trunc('week', 'usage_date') }} as date)
),

weeks as (
    select
        person_key,
        team_id,
        week_start,
        vendor_tokens,
        logged_tokens,
        abs(logged_tokens - vendor_tokens) as tokens,
        cost_usd * abs(logged_tokens - vendor_tokens) / nullif(logged_tokens, 0) as cost_usd,
        abs(ln((logged_tokens + 10000.0) / (vendor_tokens + 10000.0))) as amount,
        1 as base
    from by_week
),

{{ compared('weeks', prior=1, floor=0.1) }}

select
    {{ signal_columns('log_mismatch', 'exp(observed)', 'exp(expected)') }},
    {{ dbt.concat([
        "'The logs and the vendor''s own report differ by a factor of '", one_decimal('exp(observed)'),
        "': logs show '", "case when logged_tokens > vendor_tokens then 'more' else 'less' end", "'.'"
    ]) }} as explanation,
    {{ benign('A second account, a machine whose logs are not collected, or a report that is late.') }}
        as benign_explanation
from compared
where tokens > 0
