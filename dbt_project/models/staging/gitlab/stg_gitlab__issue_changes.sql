-- When issues were closed and reopened: the events of their state, and the states in which exports saw
-- them, because a reopened issue no longer tells when it was closed.
with seen as (
    select
        repository_key,
        issue,
        cast(null as bigint) as event_id,
        state = 'closed' as is_done,
        closed_as,
        coalesce(updated_at, extracted_at) as seen_at,
        case when state = 'closed' then closed_at else coalesce(updated_at, extracted_at) end as changed_at
    from ({{ current_rows('gitlab_issues') }}) as issues
),

events as (
    select
        issues.repository_key,
        issues.issue_number as issue,
        events.event_id,
        events.state = 'closed' as is_done,
        -- Only the issue says how it was closed, and only of the last time.
        case when events.state = 'closed' and issues.is_done then issues.resolution end as closed_as,
        events.happened_at as seen_at,
        events.happened_at as changed_at
    from ({{ current_rows('gitlab_issue_events') }}) as events
    inner join {{ ref('stg_gitlab__issues') }} as issues on events.issue_global_id = issues.global_id
    where events.state in ('closed', 'reopened')
),

told as (
    select * from seen
    union all
    select * from events
)

select
    cast(null as string) as site,
    repository_key,
    cast(issue as string) as issue_id,
    cast(event_id as string) as change_id,
    -- What is closed was open before; what is open may always have been.
    case when is_done then false end as was_done,
    is_done,
    case when is_done then closed_as end as resolution,
    changed_at
from told
where changed_at is not null
qualify row_number() over (
    partition by repository_key, issue, is_done, changed_at order by seen_at desc, closed_as nulls last, event_id
) = 1
