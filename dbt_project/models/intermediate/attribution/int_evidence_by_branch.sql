-- Sessions that stood on the branch of a change when its author committed, up to a day before, or that
-- are seen on it right after. A stacked change's branch speaks for a commit only where nothing stood on
-- the commit's own.
with on_branch as (
    select
        *,
        max(
            case when is_own and to_at >= {{ dbt.dateadd('hour', -4, 'happened_at') }} then 1 else 0 end
        ) over (partition by repository_key, sha, happened_at) as some_on_own_branch
    from {{ ref('int_stretches_on_branch') }}
)

select distinct
    session_id,
    outcome_id,
    repository_key,
    sha,
    case
        when is_learned then 'learned_branch'
        when to_at >= {{ dbt.dateadd('minute', -30, 'happened_at') }} then 'branch_at_commit'
        else 'branch_before_commit'
    end as method,
    happened_at
from on_branch
where is_own or some_on_own_branch = 0

union all

select
    sessions.session_id,
    sessions.outcome_id,
    sessions.repository_key,
    sessions.sha,
    case when branches.is_learned then 'learned_branch' else 'branch_after_commit' end,
    sessions.happened_at
from {{ ref('int_moment_sessions') }} as sessions
inner join {{ ref('int_commit_branches') }} as branches
    on
        sessions.repository_key = branches.repository_key
        and sessions.sha = branches.sha
        and sessions.next_branch_key = branches.branch_key
left join {{ ref('int_commit_branches') }} as stood_on
    on
        sessions.repository_key = stood_on.repository_key
        and sessions.sha = stood_on.sha
        and sessions.branch_key = stood_on.branch_key
where
    sessions.is_authored
    and stood_on.sha is null
    and sessions.happened_at <= {{ dbt.dateadd('hour', 1, 'sessions.last_used_at') }}
    and sessions.next_from_at <= {{ dbt.dateadd('hour', 4, 'sessions.happened_at') }}
