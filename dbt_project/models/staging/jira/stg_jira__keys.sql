-- Every key that an issue has or once had, by the id that stays when it moves to another project: what
-- exports call it, and what its history says it was called. A key that two issues had is the one's that
-- had it last.
with issues as (
    select
        site,
        issue_id,
        issue_key,
        coalesce(updated_at, extracted_at) as known_at
    from ({{ current_rows('jira_issues') }}) as entries
),

moves as (
    select
        moves.site,
        coalesce(moves.issue_id, issues.issue_id) as issue_id,
        moves.from_name,
        moves.to_name,
        moves.changed_at
    from ({{ current_rows('jira_changes') }}) as moves
    left join issues
        on moves.site = issues.site and case when moves.issue_id is null then moves.issue_key end = issues.issue_key
    where moves.field = 'key'
),

keys as (
    select site, issue_id, issue_key, known_at from issues
    union all
    select site, issue_id, from_name, changed_at from moves
    union all
    select site, issue_id, to_name, changed_at from moves
)

select
    site,
    issue_id,
    issue_key
from keys
where issue_id is not null and issue_key is not null
qualify row_number() over (partition by site, issue_key order by known_at desc, issue_id) = 1
