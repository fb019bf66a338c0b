-- An issue's entries into and exits from the done statuses, in order. A status' category is what the
-- issues that stand in it say; a status in which no issue stands any more is taken by its name from
-- those that were left for it together with a resolution.
with categories as (
    select
        site,
        status_id,
        max(status_category) as status_category
    from {{ ref('stg_jira__issues') }}
    where status_id is not null and status_category is not null
    group by site, status_id
),

names as (
    select
        site,
        lower(status_name) as status_name,
        max(status_category) as status_category
    from {{ ref('stg_jira__issues') }}
    where status_name is not null and status_category is not null
    group by site, lower(status_name)
),

resolved as (
    select site, issue_id, history_id
    from {{ ref('stg_jira__changes') }}
    where field = 'resolution' and to_id is not null
),

changes as (
    select
        changes.site,
        changes.issue_id,
        changes.changed_at,
        changes.history_id,
        coalesce(before.status_category, before_names.status_category) = 'done' as was_done,
        coalesce(after.status_category = 'done', after_names.status_category = 'done', resolved.history_id is not null)
            as is_done
    from {{ ref('stg_jira__changes') }} as changes
    left join categories as before on changes.site = before.site and changes.from_id = before.status_id
    left join categories as after on changes.site = after.site and changes.to_id = after.status_id
    left join names as before_names
        on changes.site = before_names.site and lower(changes.from_name) = before_names.status_name
    left join names as after_names
        on changes.site = after_names.site and lower(changes.to_name) = after_names.status_name
    left join resolved
        on
            changes.site = resolved.site
            and changes.issue_id = resolved.issue_id
            and changes.history_id = resolved.history_id
    where changes.field = 'status'
),

in_order as (
    select
        *,
        -- What the change before it left behind; of the first, what it says it came from.
        coalesce(
            lag(is_done) over (partition by site, issue_id order by changed_at, history_id), was_done, false
        ) as stood_done
    from changes
)

select
    site,
    issue_id,
    changed_at,
    history_id,
    is_done
from in_order
where is_done <> stood_done
