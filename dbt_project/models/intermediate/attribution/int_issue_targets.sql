-- What usage on an issue bought: the changes that close it, or the issue itself while none is known.
with closing as (
    select
        links.related_outcome_id as issue_id,
        links.outcome_id
    from {{ ref('int_outcome_links') }} as links
    inner join {{ ref('int_changes') }} as changes on links.outcome_id = changes.outcome_id
    where links.relation = 'closes' and changes.state <> 'abandoned'
),

issues as (
    select outcome_id, upper(issue_key) as issue_key, cast(null as varchar) as repository_key, cast(null as bigint) as issue
    from {{ ref('int_jira_issues') }}
    union all
    select outcome_id, cast(null as varchar), repository_key, issue from {{ ref('int_github_issues') }}
)

select
    issues.outcome_id as issue_outcome_id,
    issues.issue_key,
    issues.repository_key,
    issues.issue,
    coalesce(closing.outcome_id, issues.outcome_id) as outcome_id
from issues
left join closing on issues.outcome_id = closing.issue_id
