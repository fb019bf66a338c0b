-- Requests on a branch that names an issue which exists.
select
    requests.request_key,
    targets.outcome_id,
    'issue_key_in_branch' as method
from {{ ref('int_usage_placed') }} as requests
inner join {{ ref('int_branch_issue_keys') }} as branches on requests.branch_key = branches.branch_key
inner join {{ ref('int_issue_targets') }} as targets on branches.issue_key = targets.issue_key
