-- Jira issues with their life: when one was done, whether that delivered anything, whether it was
-- reopened. Where the history does not tell, the issue's own dates serve.
with dated as (
    select
        *,
        case
            when not is_done or history_ends_done then last_done_at
            -- Dates of an earlier completion are not those of this one.
            when resolved_at >= coalesce(last_reopened_at, resolved_at) then resolved_at
            when status_changed_at >= coalesce(last_reopened_at, status_changed_at) then status_changed_at
            else known_at
        end as done_at,
        case
            when is_done then null
            when not history_ends_done then last_reopened_at
            else greatest(coalesce(status_changed_at, known_at), last_done_at)
        end as reopened_at,
        case when is_done then coalesce(resolution, last_resolution) else last_resolution end as done_as
    from {{ ref('int_jira_lives') }}
)

select
    {{ key_of(["'issue'", "'jira'", 'dated.site', 'dated.issue_id']) }} as outcome_id,
    dated.site,
    dated.issue_id,
    dated.issue_key,
    dated.project_key,
    dated.title_key,
    dated.issue_type,
    dated.labels,
    dated.is_subtask,
    dated.hierarchy_level,
    dated.parent_key,
    coalesce(dated.assignee_key = dated.reporter_key, true) as is_own,
    coalesce(dated.assignee_key, dated.reporter_key) as account_key,
    dated.created_at as opened_at,
    case when coalesce(resolutions.delivers, true) then dated.done_at end as shipped_at,
    case when dated.is_done and not coalesce(resolutions.delivers, true) then dated.done_at end as abandoned_at,
    case
        when coalesce(resolutions.delivers, true) and dated.done_at is not null then dated.reopened_at
    end as undone_at,
    case
        when dated.is_done and coalesce(resolutions.delivers, true) then 'shipped'
        when dated.is_done then 'abandoned'
        when dated.done_at is not null and coalesce(resolutions.delivers, true) then 'undone'
        else 'open'
    end as state
from dated
left join {{ ref('resolutions') }} as resolutions on lower(dated.done_as) = resolutions.resolution
