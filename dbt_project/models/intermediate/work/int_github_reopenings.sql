-- GitHub issues that one export saw completed and a later one open. Each tells the issue's state alone,
-- so all that are current are read here, not only the last.
{{ config(materialized='view') }}

with seen as (
    select
        repositories.known_as_key as repository_key,
        issues.issue,
        issues.state,
        case
            when issues.state = 'closed' and coalesce(issues.state_reason, 'completed') = 'completed'
                then issues.closed_at
        end as completed_at,
        coalesce(issues.updated_at, issues.extracted_at) as seen_at
    from ({{ current_rows('github_issues') }}) as issues
    inner join {{ ref('int_repositories') }} as repositories on issues.repository_key = repositories.repository_key
),

completed as (
    select
        repository_key,
        issue,
        max(completed_at) as completed_at
    from seen
    group by repository_key, issue
)

select
    seen.repository_key,
    seen.issue,
    completed.completed_at,
    min(seen.seen_at) as reopened_at
from seen
inner join completed on seen.repository_key = completed.repository_key and seen.issue = completed.issue
where seen.state <> 'closed' and seen.seen_at > completed.completed_at
group by seen.repository_key, seen.issue, completed.completed_at
