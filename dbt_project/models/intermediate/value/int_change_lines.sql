-- Lines that a change wrote and took away in each file: of its commits on the default branch, else of those
-- on its branch, else, in no file, what the tracker says of the whole. Merges repeat what they merge, and a
-- revert only takes back.
with commits as (
    select
        changes.outcome_id,
        lines.path_key,
        lines.added_lines,
        lines.deleted_lines,
        rank() over (
            partition by changes.outcome_id order by case when changes.on_default_branch then 1 else 2 end
        ) as evidence
    from {{ ref('int_change_commits') }} as changes
    inner join {{ ref('int_commits') }} as commits
        on changes.repository_key = commits.repository_key and changes.sha = commits.sha
    inner join {{ ref('int_commit_lines') }} as lines
        on commits.repository_key = lines.repository_key and commits.sha = lines.sha
    where not commits.is_merge
),

of_commits as (
    select
        outcome_id,
        path_key,
        {{ exact_sum('added_lines') }} as added_lines,
        {{ exact_sum('deleted_lines') }} as deleted_lines
    from commits
    where evidence = 1
    group by outcome_id, path_key
),

of_trackers as (
    select
        pulls.outcome_id,
        cast(null as string) as path_key,
        cast(pulls.added_lines as double) as added_lines,
        cast(coalesce(pulls.deleted_lines, 0) as double) as deleted_lines
    from {{ ref('int_pull_requests') }} as pulls
    left join of_commits on pulls.outcome_id = of_commits.outcome_id
    where of_commits.outcome_id is null and pulls.added_lines is not null
),

reverts as (
    select distinct reverting_id from {{ ref('int_revert_lines') }}
),

lines as (
    select * from of_commits
    union all
    select * from of_trackers
)

select lines.*
from lines
left join reverts on lines.outcome_id = reverts.reverting_id
where reverts.reverting_id is null
