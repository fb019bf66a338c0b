-- Who has a subscription of Kiro, in the words that all seats share: whoever the daily report names, each day.
select
    'kiro' as source,
    account_key,
    lower(max_by(plan, used_on)) as plan,
    min(used_on) as began_on,
    max(used_on) as last_seen_on,
    cast(null as date) as ends_on
from {{ ref('stg_kiro__user_days') }}
where plan is not null
group by account_key
