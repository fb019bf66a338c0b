-- Issues of every tracker with their life: when one was done, whether that delivered anything, whether it
-- was reopened. Where the history does not tell, the issue's own dates serve.
with dated as (
    select
        *,
        case
            when not stands_done or history_ends_done then last_done_at
            -- Dates of an earlier completion are not those of this one.
            when resolved_at >= coalesce(last_reopened_at, resolved_at) then resolved_at
            when status_changed_at >= coalesce(last_reopened_at, status_changed_at) then status_changed_at
            else known_at
        end as done_at,
        case
            when stands_done then null
            when not history_ends_done then last_reopened_at
            else greatest(coalesce(status_changed_at, known_at), last_done_at)
        end as reopened_at,
        case when stands_done then coalesce(resolution, last_resolution) else last_resolution end as done_as,
        coalesce(assignee_key = author_key, true) as is_own
    from {{ ref('int_issue_lives') }}
)

select
    {{ key_under('dated.home', ["'issue'", 'dated.tracker', 'dated.issue_id']) }} as outcome_id,
    dated.tracker,
    dated.home,
    dated.known_as_key as repository_key,
    dated.project,
    dated.issue_number,
    dated.issue_key,
    dated.former_keys,
    dated.title_key,
    dated.issue_type,
    dated.labels,
    dated.is_subtask,
    dated.is_container,
    dated.parent_key,
    dated.is_own,
    -- What a bot reported is the work of the person who took it.
    dated.is_bot and dated.is_own as is_bot,
    coalesce(dated.assignee_key, dated.author_key) as account_key,
    dated.created_at as opened_at,
    case when coalesce(resolutions.delivers, true) then dated.done_at end as shipped_at,
    case when dated.stands_done and not coalesce(resolutions.delivers, true) then dated.done_at end as abandoned_at,
    case
        when coalesce(resolutions.delivers, true) and dated.done_at is not null then dated.reopened_at
    end as undone_at,
    case
        when dated.stands_done and coalesce(resolutions.delivers, true) then 'shipped'
        when dated.stands_done then 'abandoned'
        when dated.done_at is not null and coalesce(resolutions.delivers, true) then 'undone'
        else 'open'
    end as state
from dated
left join {{ ref('resolutions') }} as resolutions on lower(dated.done_as) = resolutions.resolution
