-- On which branches a commit may have been made: those of every change that holds it. `is_own` where
-- one of them is a branch of the change that it belongs to.
select
    commits.repository_key,
    commits.sha,
    branches.repository_key as branch_repository_key,
    branches.branch_key,
    max(case when commits.is_own then 1 else 0 end) = 1 as is_own,
    min(case when branches.is_learned then 1 else 0 end) = 1 as is_learned
from {{ ref('int_branch_commits') }} as commits
inner join {{ ref('int_change_branches') }} as branches on commits.outcome_id = branches.outcome_id
group by commits.repository_key, commits.sha, branches.repository_key, branches.branch_key
