-- Changes: pull requests of every tracker, and commits that reached the default branch without one.
with changes as (
    select
        pulls.outcome_id,
        pulls.tracker,
        pulls.repository_key,
        cast(pulls.pull_request as string) as external_id,
        pulls.title_key,
        pulls.tracker as account_system,
        pulls.author_key as account_key,
        cast(null as string) as login_system,
        cast(null as string) as login_key,
        pulls.is_bot,
        pulls.created_at as opened_at,
        arrivals.shipped_at,
        pulls.closed_at,
        -- Merged into a branch that has not arrived anywhere yet: still on its way.
        case when pulls.merged_at is null and pulls.closed_at is not null then 'abandoned' else 'open' end as otherwise
    from {{ ref('int_pull_requests') }} as pulls
    left join {{ ref('int_merges') }} as arrivals on pulls.outcome_id = arrivals.outcome_id

    union all

    select
        direct.outcome_id,
        'git',
        direct.repository_key,
        direct.sha,
        commits.subject_key,
        'git',
        commits.author_key,
        commits.login_system,
        commits.author_login_key,
        commits.is_bot,
        commits.committed_at,
        commits.committed_at,
        cast(null as timestamp),
        'open'
    from {{ ref('int_change_commits') }} as direct
    inner join {{ ref('int_commits') }} as commits
        on direct.repository_key = commits.repository_key and direct.sha = commits.sha
    where direct.basis = 'direct'
)

select
    changes.outcome_id,
    changes.tracker,
    changes.repository_key,
    changes.external_id,
    changes.title_key,
    changes.account_system,
    changes.account_key,
    changes.login_system,
    changes.login_key,
    changes.is_bot,
    changes.opened_at,
    changes.shipped_at,
    case when changes.shipped_at is null and changes.otherwise = 'abandoned' then changes.closed_at end as abandoned_at,
    undone.undone_at,
    deployed.deployed_at,
    case
        when undone.undone_at is not null then 'undone'
        when changes.shipped_at is not null then 'shipped'
        else changes.otherwise
    end as state
from changes
left join {{ ref('int_deployed_changes') }} as deployed on changes.outcome_id = deployed.outcome_id
left join {{ ref('int_undone_changes') }} as undone
    on case when changes.shipped_at is not null then changes.outcome_id end = undone.outcome_id
