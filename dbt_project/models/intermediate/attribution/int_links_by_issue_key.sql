-- Requests on a branch that names an issue which exists.
with branches as (
    select
        name_key as branch_key,
        {{ issue_key_in('upper(name)') }} as issue_key
    from {{ ref('stg_names') }}
    where kind = 'branch'
)

select
    requests.request_key,
    targets.outcome_id,
    'issue_key_in_branch' as method
from {{ ref('int_usage_placed') }} as requests
inner join branches on requests.branch_key = branches.branch_key
inner join {{ ref('int_issue_targets') }} as targets on branches.issue_key = targets.issue_key
