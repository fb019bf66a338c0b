-- GitHub issues with their life, as far as one export knows it: a reopened issue no longer tells when
-- it was closed.
select
    {{ key_of(["'issue'", "'github'", 'repositories.known_as_key', 'issues.issue']) }} as outcome_id,
    repositories.known_as_key as repository_key,
    issues.issue,
    issues.title_key,
    issues.is_bot,
    coalesce(issues.assignee_key, issues.author_key) as account_key,
    issues.created_at as opened_at,
    case
        when issues.state = 'closed' and coalesce(issues.state_reason, 'completed') = 'completed' then issues.closed_at
    end as shipped_at,
    case
        when issues.state <> 'closed' then 'open'
        when coalesce(issues.state_reason, 'completed') = 'completed' then 'shipped'
        else 'abandoned'
    end as state
from {{ ref('stg_github__issues') }} as issues
inner join {{ ref('int_repositories') }} as repositories on issues.repository_key = repositories.repository_key
qualify row_number() over (
    partition by repositories.known_as_key, issues.issue
    order by coalesce(issues.closed_at, issues.created_at) desc, issues.repository_key
) = 1
