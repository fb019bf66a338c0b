-- On which row the value of a piece of work stands: an issue bears its own, a sub-task's is its
-- story's, an epic bears none because its children do; a change bears its own only where no issue
-- bears it. A change that closes several issues is shared between them.
with wholes as (
    select distinct links.related_outcome_id as outcome_id
    from {{ ref('int_outcome_links') }} as links
    inner join {{ ref('int_jira_issues') }} as parts on links.outcome_id = parts.outcome_id
    where links.relation = 'part_of' and not parts.is_subtask
),

issues as (
    select
        events.outcome_id,
        case when jira.is_subtask then links.related_outcome_id end as story_id,
        wholes.outcome_id is not null as is_whole
    from {{ ref('int_outcome_events') }} as events
    left join {{ ref('int_jira_issues') }} as jira on events.outcome_id = jira.outcome_id
    left join {{ ref('int_outcome_links') }} as links
        on events.outcome_id = links.outcome_id and links.relation = 'part_of'
    left join wholes on events.outcome_id = wholes.outcome_id
    where events.outcome_type = 'issue'
    qualify row_number() over (partition by events.outcome_id order by links.related_outcome_id nulls last) = 1
),

issue_bearers as (
    select
        outcome_id,
        coalesce(story_id, outcome_id) as bearer_id
    from issues
    where story_id is not null or not is_whole
),

change_bearers as (
    select distinct
        changes.outcome_id,
        coalesce(issue_bearers.bearer_id, changes.outcome_id) as bearer_id,
        case when issue_bearers.bearer_id is null then 0 else 1 end as is_borne_by_issue
    from {{ ref('int_changes') }} as changes
    left join {{ ref('int_outcome_links') }} as links
        on changes.outcome_id = links.outcome_id and links.relation = 'closes'
    left join issue_bearers on links.related_outcome_id = issue_bearers.outcome_id
),

bearers as (
    select outcome_id, bearer_id from issue_bearers
    union
    -- A change that closes a sub-task and an epic is borne by the sub-task's story alone.
    select outcome_id, bearer_id
    from change_bearers
    qualify is_borne_by_issue = max(is_borne_by_issue) over (partition by outcome_id)
)

select
    outcome_id,
    bearer_id,
    row_number() over (partition by outcome_id order by bearer_id) as place,
    count(*) over (partition by outcome_id) as places
from bearers
