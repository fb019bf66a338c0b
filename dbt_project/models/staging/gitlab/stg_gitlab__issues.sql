-- One row an issue, as the last export has it. What was moved or is a duplicate delivered nothing here.
select
    cast(null as string) as site,
    repository_key,
    cast(issue as string) as issue_id,
    issue as issue_number,
    cast(null as string) as issue_key,
    {{ empty_list() }} as former_keys,
    cast(null as string) as project,
    title_key,
    issue_type,
    labels,
    false as is_subtask,
    false as is_container,
    cast(null as string) as parent_key,
    state = 'closed' as is_done,
    closed_as as resolution,
    assignee_key,
    author_key,
    coalesce(is_bot, false) as is_bot,
    created_at,
    closed_at as resolved_at,
    cast(null as timestamp) as status_changed_at,
    global_id,
    coalesce(updated_at, extracted_at) as known_at
from ({{ current_rows('gitlab_issues') }}) as issues
qualify row_number() over (
    partition by repository_key, issue
    order by coalesce(updated_at, extracted_at) desc, extracted_at desc, closed_at desc nulls last, state
) = 1
