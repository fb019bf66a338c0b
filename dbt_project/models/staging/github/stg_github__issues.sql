-- One row an issue, as the last export has it.
select
    repository_key,
    issue,
    state,
    state_reason,
    title_key,
    issue_type,
    labels,
    author_key,
    assignee_key,
    coalesce(is_bot, false) as is_bot,
    created_at,
    closed_at
from ({{ current_rows('github_issues') }}) as issues
qualify row_number() over (
    partition by repository_key, issue
    order by coalesce(updated_at, extracted_at) desc, extracted_at desc, closed_at desc nulls last, state
) = 1
