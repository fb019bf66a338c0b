-- Sprints that an issue was in, as the last export has them.
select
    site,
    issue_id,
    sprint_id,
    name,
    state,
    starts_at,
    ends_at,
    completed_at
from ({{ current_rows('jira_issue_sprints') }}) as sprints
qualify row_number() over (
    partition by site, issue_id, sprint_id order by extracted_at desc, completed_at desc nulls last, state
) = 1
