-- When a change was deployed: when the first deployment for users ended that contains it, which one
-- of an earlier commit does not. All that come later contain it as well, so that one look at each
-- repository's days is enough.
with shipped as (
    select
        pulls.outcome_id,
        pulls.repository_key,
        merged.shipped_at
    from {{ ref('int_merges') }} as merged
    inner join {{ ref('int_pull_requests') }} as pulls on merged.outcome_id = pulls.outcome_id
    where merged.shipped_at is not null
    union all
    select
        changes.outcome_id,
        changes.repository_key,
        commits.committed_at
    from {{ ref('int_change_commits') }} as changes
    inner join {{ ref('int_commits') }} as commits
        on changes.repository_key = commits.repository_key and changes.sha = commits.sha
    where changes.basis = 'direct'
),

days as (
    select outcome_id, repository_key, shipped_at as happened_at, cast(null as timestamp) as deployed_at from shipped
    union all
    select cast(null as string), repository_key, contains_up_to, deployed_at
    from {{ ref('int_deployments') }}
    where contains_up_to is not null
),

containing as (
    select
        outcome_id,
        happened_at,
        min(deployed_at) over (
            partition by repository_key order by happened_at range between current row and unbounded following
        ) as deployed_at
    from days
)

select
    outcome_id,
    -- Clocks of runners differ.
    greatest(deployed_at, happened_at) as deployed_at
from containing
where outcome_id is not null and deployed_at is not null
