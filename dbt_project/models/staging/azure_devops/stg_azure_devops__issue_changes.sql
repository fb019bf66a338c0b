-- A work item's updates of state as changes of being done, and the states in which exports saw it: a
-- reopened one no longer tells when it was closed.
with updates as (
    select
        updates.organisation,
        updates.work_item,
        updates.update_id,
        before.state is not null as was_done,
        after.state is not null as is_done,
        case when lower(updates.to_state) = 'removed' then 'removed' else updates.reason end as resolution,
        updates.changed_at
    from ({{ current_rows('azure_devops_updates') }}) as updates
    left join {{ ref('stg_azure_devops__done_states') }} as before on lower(updates.from_state) = before.state
    left join {{ ref('stg_azure_devops__done_states') }} as after on lower(updates.to_state) = after.state
    qualify row_number() over (
        partition by updates.organisation, updates.work_item, updates.update_id order by updates.extracted_at desc
    ) = 1
),

seen as (
    select
        items.organisation,
        items.work_item,
        items.closed_at is not null as is_done,
        case when lower(items.state) = 'removed' then 'removed' else items.reason end as resolution,
        coalesce(items.closed_at, items.changed_at, items.extracted_at) as changed_at,
        coalesce(items.changed_at, items.extracted_at) as seen_at
    from ({{ current_rows('azure_devops_work_items') }}) as items
    left join {{ ref('stg_azure_devops__done_states') }} as done on lower(items.state) = done.state
    -- Done without a date tells nothing of when.
    where items.closed_at is not null or done.state is null
)

select
    organisation as site,
    cast(null as string) as repository_key,
    cast(work_item as string) as issue_id,
    cast(update_id as string) as change_id,
    was_done,
    is_done,
    case when is_done then resolution end as resolution,
    changed_at
from updates

union all

select
    organisation,
    cast(null as string),
    cast(work_item as string),
    cast(null as string),
    case when is_done then false end,
    is_done,
    case when is_done then resolution end,
    changed_at
from seen
qualify row_number() over (
    partition by organisation, work_item, is_done, changed_at order by seen_at desc, resolution nulls last
) = 1
