-- What vendors report that a person used of a tool in a day, in the vendor's own count: of reports that say the same
-- again, the first in the order of reports. A client's own metrics are no vendor's word.
select
    days.person_key,
    reported.usage_date,
    reported.tool,
    min(reported.source) as source,
    min(reported.report) as report,
    cast(sum(reported.total_tokens) as bigint) as vendor_tokens,
    cast(sum(reported.vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    max(reported.is_provisional) as is_provisional
from (
    select
        *,
        rank() over (
            partition by account_system, account_key, tool, usage_date order by report_rank
        ) as place
    from {{ ref('int_vendor_statements') }}
    where output_tokens is not null and tool is not null and account_key is not null and source <> 'otel'
) as reported
inner join {{ ref('int_account_days') }} as days
    on
        reported.account_system = days.system
        and reported.account_key = days.account_key
        and reported.usage_date = days.day
where reported.place = 1
group by days.person_key, reported.usage_date, reported.tool
