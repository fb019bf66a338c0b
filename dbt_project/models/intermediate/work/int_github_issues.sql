-- GitHub issues with their life. A reopened issue no longer tells when it was closed; where an earlier
-- export does, it shipped then, and was undone when it was next seen open.
select
    {{ key_of(["'issue'", "'github'", 'repositories.known_as_key', 'issues.issue']) }} as outcome_id,
    repositories.known_as_key as repository_key,
    issues.issue,
    issues.title_key,
    issues.issue_type,
    issues.labels,
    coalesce(issues.assignee_key = issues.author_key, true) as is_own,
    -- What a bot reported is the work of the person who took it.
    issues.is_bot and coalesce(issues.assignee_key = issues.author_key, true) as is_bot,
    coalesce(issues.assignee_key, issues.author_key) as account_key,
    issues.created_at as opened_at,
    case
        when issues.state <> 'closed' then reopened.completed_at
        when coalesce(issues.state_reason, 'completed') = 'completed' then issues.closed_at
    end as shipped_at,
    case
        when issues.state = 'closed' and coalesce(issues.state_reason, 'completed') <> 'completed' then issues.closed_at
    end as abandoned_at,
    case when issues.state <> 'closed' then reopened.reopened_at end as undone_at,
    case
        when issues.state <> 'closed' and reopened.reopened_at is not null then 'undone'
        when issues.state <> 'closed' then 'open'
        when coalesce(issues.state_reason, 'completed') = 'completed' then 'shipped'
        else 'abandoned'
    end as state
from {{ ref('stg_github__issues') }} as issues
inner join {{ ref('int_repositories') }} as repositories on issues.repository_key = repositories.repository_key
left join {{ ref('int_github_reopenings') }} as reopened
    on repositories.known_as_key = reopened.repository_key and issues.issue = reopened.issue
qualify row_number() over (
    partition by repositories.known_as_key, issues.issue
    -- Under an old name of the repository it may still be what it was before.
    order by
        case
            when issues.state <> 'closed' and reopened.reopened_at is not null then reopened.reopened_at
            else coalesce(issues.closed_at, issues.created_at)
        end desc,
        issues.repository_key
) = 1
