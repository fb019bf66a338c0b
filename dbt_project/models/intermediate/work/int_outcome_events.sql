-- All outcomes in the same words, before it is known whose they are.
select
    outcome_id,
    'change' as outcome_type,
    tracker,
    repository_key,
    cast(null as string) as project,
    external_id,
    title_key,
    account_system,
    account_key,
    login_system,
    login_key,
    is_bot,
    opened_at,
    shipped_at,
    deployed_at,
    abandoned_at,
    undone_at,
    case when undone_at is not null then 'revert' end as undone_by,
    state
from {{ ref('int_changes') }}

union all

select
    outcome_id,
    'issue',
    tracker,
    repository_key,
    project,
    coalesce(cast(issue_number as string), issue_key),
    title_key,
    tracker,
    account_key,
    cast(null as string),
    cast(null as string),
    is_bot,
    opened_at,
    shipped_at,
    cast(null as timestamp),
    abandoned_at,
    undone_at,
    case when undone_at is not null then 'reopen' end,
    state
from {{ ref('int_issues') }}

union all

select
    outcome_id,
    'release',
    tracker,
    repository_key,
    cast(null as string),
    tag,
    title_key,
    tracker,
    account_key,
    cast(null as string),
    cast(null as string),
    is_bot,
    opened_at,
    shipped_at,
    cast(null as timestamp),
    cast(null as timestamp),
    cast(null as timestamp),
    cast(null as string),
    case when shipped_at is null then 'open' else 'shipped' end
from {{ ref('int_releases') }}
