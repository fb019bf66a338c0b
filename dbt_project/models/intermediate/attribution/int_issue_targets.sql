-- What usage on an issue bought: the changes that close it, or the issue itself while none is known.
-- A change that was given up counts where there is no other.
with closing as (
    select
        closed.issue_id,
        closed.outcome_id
    from {{ ref('int_closed_issues') }} as closed
    inner join {{ ref('int_changes') }} as changes on closed.outcome_id = changes.outcome_id
    qualify rank() over (
        partition by closed.issue_id order by case changes.state when 'abandoned' then 2 else 1 end
    ) = 1
),

issues as (
    select outcome_id, issue_key, cast(null as string) as repository_key, cast(null as bigint) as issue
    from {{ ref('int_issue_keys') }}
    union all
    select outcome_id, cast(null as string), repository_key, issue_number
    from {{ ref('int_issues') }}
    where issue_number is not null
)

select
    issues.outcome_id as issue_outcome_id,
    issues.issue_key,
    issues.repository_key,
    issues.issue,
    coalesce(closing.outcome_id, issues.outcome_id) as outcome_id
from issues
left join closing on issues.outcome_id = closing.issue_id
