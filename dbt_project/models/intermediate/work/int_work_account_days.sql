-- Days on which an account of a work tracker opened or shipped something.
with accounts as (
    select account_system as system, account_key, opened_at, shipped_at from {{ ref('int_outcome_events') }}
    union all
    select 'github', login_key, opened_at, shipped_at from {{ ref('int_outcome_events') }}
),

days as (
    select system, account_key, cast(opened_at as date) as day from accounts
    union
    select system, account_key, cast(shipped_at as date) from accounts
)

select
    system,
    account_key,
    day
from days
where account_key is not null and day is not null
