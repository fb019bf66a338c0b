-- Days on which an account of a work tracker opened or shipped something, wrote a commit or made one.
with accounts as (
    select account_system as system, account_key, opened_at as first_at, shipped_at as last_at
    from {{ ref('int_outcome_events') }}
    union all
    select login_system, login_key, opened_at, shipped_at from {{ ref('int_outcome_events') }}
    union all
    select 'git', author_key, authored_at, committed_at from {{ ref('int_commit_accounts') }}
    union all
    select login_system, author_login_key, authored_at, committed_at from {{ ref('int_commit_accounts') }}
    union all
    select 'git', committer_key, committed_at, committed_at from {{ ref('int_commit_accounts') }}
    union all
    select login_system, committer_login_key, committed_at, committed_at from {{ ref('int_commit_accounts') }}
),

days as (
    select system, account_key, cast(first_at as date) as day from accounts
    union
    select system, account_key, cast(last_at as date) from accounts
)

select
    system,
    account_key,
    day
from days
where system is not null and account_key is not null and day is not null
