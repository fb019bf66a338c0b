-- When a merged pull request reached the default branch. One that was merged into the branch of
-- another got there with the other; one whose commits stand on the default branch is there, whatever
-- it was merged into.
with recursive pulls as (
    select
        outcome_id,
        repository_key,
        pull_request,
        head_branch_key,
        base_branch_key,
        merged_at,
        is_into_default_branch,
        is_from_fork
    from {{ ref('int_pull_requests') }}
    where merged_at is not null and not is_from_default_branch
),

on_default_branch as (
    select distinct outcome_id from {{ ref('int_change_commits') }} where on_default_branch
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
            -- A fork's branch of that name is another branch.
            and not outer_pulls.is_from_fork
    where not inner_pulls.is_into_default_branch
    -- A branch may be merged into several, of which one leads on: the first merge into each counts.
    qualify row_number() over (
        partition by inner_pulls.outcome_id, outer_pulls.base_branch_key
        order by outer_pulls.merged_at, outer_pulls.pull_request
    ) = 1
),

journeys as (
    select
        outcome_id,
        merged_at as arrived_at,
        is_into_default_branch as has_arrived,
        outcome_id as carrier_id,
        0 as steps
    from pulls

    union all

    select
        journeys.outcome_id,
        carried_by.outer_merged_at,
        carried_by.outer_is_into_default_branch,
        carried_by.outer_outcome_id,
        journeys.steps + 1
    from journeys
    inner join carried_by on journeys.carrier_id = carried_by.outcome_id
    where not journeys.has_arrived and journeys.steps < 10
)

select
    journeys.outcome_id,
    coalesce(
        min(case when journeys.has_arrived then journeys.arrived_at end),
        min(case when on_default_branch.outcome_id is not null and journeys.steps = 0 then journeys.arrived_at end)
    ) as shipped_at
from journeys
left join on_default_branch on journeys.outcome_id = on_default_branch.outcome_id
group by journeys.outcome_id
