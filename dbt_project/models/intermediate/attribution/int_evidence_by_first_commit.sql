-- The first commit of a change is made where a session of its author stands, before the branch has its
-- name: of those in use within the hour one that has ended rather than one that goes on, then the one
-- used last. One that goes on with another change was not at work on this one.
with on_its_branch as (
    select distinct
        firsts.repository_key,
        firsts.sha,
        firsts.session_id
    from {{ ref('int_first_commits') }} as firsts
    inner join {{ ref('int_commit_branches') }} as branches
        on
            firsts.repository_key = branches.repository_key
            and firsts.sha = branches.sha
            and branches.branch_key in (firsts.branch_key, firsts.next_branch_key)
),

with_another as (
    select distinct
        firsts.repository_key,
        firsts.sha,
        firsts.session_id
    from {{ ref('int_first_commits') }} as firsts
    inner join {{ ref('int_change_branches') }} as branches
        on
            firsts.repository_key = branches.repository_key
            and firsts.goes_on_branch_key = branches.branch_key
            and firsts.outcome_id <> branches.outcome_id
),

ranked as (
    select
        firsts.*,
        with_another.sha is not null as goes_on_with_another,
        row_number() over (
            partition by firsts.repository_key, firsts.sha
            order by case when firsts.goes_on then 2 else 1 end, firsts.last_used_at desc, firsts.session_id
        ) as place
    from {{ ref('int_first_commits') }} as firsts
    left join on_its_branch
        on
            firsts.repository_key = on_its_branch.repository_key
            and firsts.sha = on_its_branch.sha
            and firsts.session_id = on_its_branch.session_id
    left join with_another
        on
            firsts.repository_key = with_another.repository_key
            and firsts.sha = with_another.sha
            and firsts.session_id = with_another.session_id
    left join {{ ref('int_default_branches') }} as defaults
        on firsts.repository_key = defaults.repository_key and firsts.branch_key = defaults.branch_key
    where
        on_its_branch.sha is null
        -- On top of somebody's commits a change begins where a branch of its own is.
        and (firsts.is_first or (firsts.branch_key is not null and defaults.branch_key is null))
)

select
    session_id,
    outcome_id,
    repository_key,
    sha,
    case
        when happened_at <= {{ dbt.dateadd('minute', 30, 'last_used_at') }} then 'first_commit'
        else 'first_commit_within_hour'
    end as method,
    happened_at
from ranked
where place = 1 and not goes_on_with_another
