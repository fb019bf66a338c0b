-- Circumstances of a day on a branch that names an issue which exists: all requests under them are linked.
select
    placed.circumstance_id,
    placed.usage_date,
    targets.outcome_id,
    'issue_key_in_branch' as method
from {{ ref('int_circumstances_placed') }} as placed
inner join {{ ref('int_branch_issue_keys') }} as branches on placed.branch_key = branches.branch_key
inner join {{ ref('int_issue_targets') }} as targets on branches.issue_key = targets.issue_key
