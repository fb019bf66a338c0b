-- One row an issue, by the id that stays when its key changes, as the last export has it.
select
    site,
    issue_id,
    issue_key,
    coalesce(project_key, {{ dbt.split_part('issue_key', "'-'", 1) }}) as project_key,
    title_key,
    issue_type,
    labels,
    coalesce(is_subtask, false) as is_subtask,
    try_cast(hierarchy_level as integer) as hierarchy_level,
    coalesce(parent_key, epic_key) as parent_key,
    status_id,
    status_name,
    status_category,
    resolution,
    assignee_key,
    reporter_key,
    created_at,
    resolved_at,
    status_changed_at,
    -- Up to when this row tells the issue's life.
    coalesce(updated_at, extracted_at) as known_at
from ({{ current_rows('jira_issues') }}) as issues
qualify row_number() over (
    partition by site, issue_id
    order by
        coalesce(updated_at, extracted_at) desc, extracted_at desc, status_id nulls last, issue_key, assignee_key
) = 1
