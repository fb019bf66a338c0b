-- Where each issue stands now: its row, its history, and which of them is the later. A history may be
-- cut short, lack altogether, or be exported later than the row.
{{ config(materialized='view') }}

with history as (
    select
        tracker,
        home,
        issue_id,
        max(case when is_done then changed_at end) as last_done_at,
        max(case when not is_done then changed_at end) as last_reopened_at,
        max(changed_at) as last_change_at,
        max_by(coalesce(resolution, ''), case when is_done then changed_at end) as last_resolution
    from {{ ref('int_issue_transitions') }}
    group by tracker, home, issue_id
),

lives as (
    select
        issues.*,
        history.last_done_at,
        history.last_reopened_at,
        history.last_resolution,
        coalesce(history.last_done_at > coalesce(history.last_reopened_at, cast('1900-01-01' as timestamp)), false)
            as history_ends_done,
        case when history.last_change_at > issues.known_at then null else issues.is_done end as row_says_done
    from {{ ref('int_known_issues') }} as issues
    left join history
        on
            issues.tracker = history.tracker
            and issues.home = history.home
            and issues.issue_id = history.issue_id
)

select
    *,
    coalesce(
        row_says_done,
        case when last_done_at is not null or last_reopened_at is not null then history_ends_done end,
        resolved_at is not null
    ) as stands_done
from lives
