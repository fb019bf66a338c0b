-- What vendors report that a person used of a tool in a day, in the vendor's own count.
select
    days.person_key,
    reported.usage_date,
    'claude_code' as tool,
    cast(sum(reported.total_tokens) as bigint) as vendor_tokens,
    cast(sum(reported.vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd
from {{ ref('stg_anthropic__claude_code_days') }} as reported
inner join {{ ref('int_account_days') }} as days
    on
        days.system = 'anthropic'
        and reported.account_key = days.account_key
        and reported.usage_date = days.day
group by days.person_key, reported.usage_date
