-- An issue's changes of status as changes of being done, with the resolution that came with them. A
-- status in which no issue stands any more counts as done where it was entered together with a
-- resolution.
with categories as (
    select * from {{ ref('stg_jira__status_categories') }}
),

resolved as (
    select
        site,
        issue_id,
        history_id,
        max(to_name) as resolution
    from {{ ref('stg_jira__changes') }}
    where field = 'resolution' and to_id is not null
    group by site, issue_id, history_id
)

select
    changes.site,
    cast(null as string) as repository_key,
    changes.issue_id,
    changes.history_id as change_id,
    coalesce(before.status_category, before_names.status_category) = 'done' as was_done,
    coalesce(
        after.status_category, after_names.status_category,
        case when resolved.history_id is not null then 'done' end, ''
    ) = 'done' as is_done,
    resolved.resolution,
    changes.changed_at
from {{ ref('stg_jira__changes') }} as changes
left join categories as before
    on changes.site = before.site and changes.from_id = before.status and before.known_by = 'id'
left join categories as after
    on changes.site = after.site and changes.to_id = after.status and after.known_by = 'id'
left join categories as before_names
    on
        changes.site = before_names.site
        and lower(changes.from_name) = before_names.status
        and before_names.known_by = 'name'
left join categories as after_names
    on
        changes.site = after_names.site
        and lower(changes.to_name) = after_names.status
        and after_names.known_by = 'name'
left join resolved
    on
        changes.site = resolved.site
        and changes.issue_id = resolved.issue_id
        and changes.history_id = resolved.history_id
where changes.field = 'status'
