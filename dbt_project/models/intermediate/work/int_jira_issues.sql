-- Jira issues with their life: when one was done, whether that delivered anything, whether it was
-- reopened. Where no history was exported the issue's own dates serve.
with resolutions as (
    select
        issues.*,
        coalesce(resolutions.delivers, true) as delivers
    from {{ ref('stg_jira__issues') }} as issues
    left join {{ ref('resolutions') }} as resolutions on lower(issues.resolution) = resolutions.resolution
),

transitions as (
    select
        site,
        issue_id,
        max(case when is_done then changed_at end) as last_done_at,
        max(case when not is_done then changed_at end) as last_reopened_at
    from {{ ref('int_jira_transitions') }}
    group by site, issue_id
),

lives as (
    select
        resolutions.*,
        transitions.last_reopened_at,
        case
            when resolutions.status_category = 'done'
                then coalesce(transitions.last_done_at, resolutions.resolved_at, resolutions.status_changed_at)
            else transitions.last_done_at
        end as done_at
    from resolutions
    left join transitions on resolutions.site = transitions.site and resolutions.issue_id = transitions.issue_id
)

select
    {{ key_of(["'issue'", "'jira'", 'site', 'issue_id']) }} as outcome_id,
    site,
    issue_id,
    issue_key,
    project_key,
    title_key,
    issue_type,
    is_subtask,
    hierarchy_level,
    parent_key,
    coalesce(assignee_key, reporter_key) as account_key,
    created_at as opened_at,
    case when delivers then done_at end as shipped_at,
    case when status_category <> 'done' and done_at is not null then last_reopened_at end as undone_at,
    case
        when status_category = 'done' and not delivers then 'abandoned'
        when status_category = 'done' and done_at is not null then 'shipped'
        when coalesce(status_category, 'new') <> 'done' and done_at is not null then 'undone'
        else 'open'
    end as state
from lives
