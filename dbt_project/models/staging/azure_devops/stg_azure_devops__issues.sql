-- One row a work item, as the last export has it. Numbers are the organisation's; elsewhere one is
-- called `AB#12`. Tasks are parts of what they hang on; epics and features hold others.
select
    items.organisation as site,
    cast(null as string) as repository_key,
    cast(items.work_item as string) as issue_id,
    items.work_item as issue_number,
    {{ dbt.concat(["'AB#'", 'cast(items.work_item as string)']) }} as issue_key,
    {{ empty_list() }} as former_keys,
    items.project,
    items.title_key,
    items.work_item_type as issue_type,
    items.tags as labels,
    coalesce(lower(items.work_item_type) in ('task', 'sub-task'), false) and items.parent is not null as is_subtask,
    coalesce(lower(items.work_item_type) in ('epic', 'feature'), false) as is_container,
    {{ dbt.concat(["'AB#'", 'cast(items.parent as string)']) }} as parent_key,
    items.closed_at is not null or done.state is not null as is_done,
    case when lower(items.state) = 'removed' then 'removed' else items.reason end as resolution,
    items.assignee_key,
    items.creator_key as author_key,
    false as is_bot,
    -- A query need not list when.
    coalesce(items.created_at, items.changed_at, items.extracted_at) as created_at,
    items.closed_at as resolved_at,
    items.state_changed_at as status_changed_at,
    coalesce(items.changed_at, items.extracted_at) as known_at
from ({{ current_rows('azure_devops_work_items') }}) as items
left join {{ ref('stg_azure_devops__done_states') }} as done on lower(items.state) = done.state
qualify row_number() over (
    partition by items.organisation, items.work_item
    order by
        coalesce(items.changed_at, items.extracted_at) desc, items.extracted_at desc,
        case when items.created_at is null then 2 else 1 end, items.state
) = 1
