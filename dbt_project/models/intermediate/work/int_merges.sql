-- When a merged pull request reached the default branch. One that was merged into the branch of
-- another got there with the other; one whose commits stand on the default branch is there, whatever
-- it was merged into.
with recursive pulls as (
    select
        pulls.outcome_id,
        pulls.repository_key,
        pulls.pull_request,
        pulls.head_branch_key,
        pulls.base_branch_key,
        pulls.merged_at,
        pulls.is_into_default_branch,
        exists (
            select commits.sha from {{ ref('int_change_commits') }} as commits
            where commits.outcome_id = pulls.outcome_id and commits.on_default_branch
        ) as is_on_default_branch
    from {{ ref('int_pull_requests') }} as pulls
    where pulls.merged_at is not null
),

carried_by as (
    select
        inner_pulls.outcome_id,
        outer_pulls.outcome_id as outer_outcome_id,
        outer_pulls.merged_at as outer_merged_at,
        outer_pulls.is_into_default_branch as outer_is_into_default_branch
    from pulls as inner_pulls
    inner join pulls as outer_pulls
        on
            inner_pulls.repository_key = outer_pulls.repository_key
            and inner_pulls.base_branch_key = outer_pulls.head_branch_key
            and inner_pulls.merged_at <= outer_pulls.merged_at
            and inner_pulls.pull_request <> outer_pulls.pull_request
    where not inner_pulls.is_into_default_branch
    qualify row_number() over (
        partition by inner_pulls.outcome_id order by outer_pulls.merged_at, outer_pulls.pull_request
    ) = 1
),

journeys as (
    select outcome_id, merged_at as arrived_at, is_into_default_branch as has_arrived, outcome_id as carrier_id, 0 as steps
    from pulls

    union all

    select
        journeys.outcome_id, carried_by.outer_merged_at, carried_by.outer_is_into_default_branch,
        carried_by.outer_outcome_id, journeys.steps + 1
    from journeys
    inner join carried_by on journeys.carrier_id = carried_by.outcome_id
    where not journeys.has_arrived and journeys.steps < 10
)

select
    pulls.outcome_id,
    coalesce(
        min(case when journeys.has_arrived then journeys.arrived_at end),
        max(case when pulls.is_on_default_branch then pulls.merged_at end)
    ) as shipped_at
from pulls
inner join journeys on pulls.outcome_id = journeys.outcome_id
group by pulls.outcome_id
