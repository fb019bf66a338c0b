-- On which row the value of a piece of work stands: an issue bears its own, a sub-task's is its
-- story's, an epic bears none because its children do; a change bears its own only where no issue
-- bears it; a revert belongs to what it takes back. What has several bearers is shared between them.
with wholes as (
    select distinct links.related_outcome_id as outcome_id
    from {{ ref('int_outcome_links') }} as links
    inner join {{ ref('int_issues') }} as parts on links.outcome_id = parts.outcome_id
    where links.relation = 'part_of' and not parts.is_subtask

    union

    -- Its children may not have been exported, or hang on it by a field that was not.
    select outcome_id from {{ ref('int_issues') }} where is_container
),

stories as (
    -- Sub-tasks straight under an epic have no story, and each is a piece of work.
    select
        links.outcome_id,
        min(links.related_outcome_id) as story_id
    from {{ ref('int_outcome_links') }} as links
    inner join {{ ref('int_issues') }} as parts on links.outcome_id = parts.outcome_id
    inner join {{ ref('int_issues') }} as story on links.related_outcome_id = story.outcome_id
    left join wholes on links.related_outcome_id = wholes.outcome_id
    where links.relation = 'part_of' and parts.is_subtask and not story.is_subtask and wholes.outcome_id is null
    group by links.outcome_id
),

issue_bearers as (
    select
        events.outcome_id,
        coalesce(stories.story_id, events.outcome_id) as bearer_id
    from {{ ref('int_outcome_events') }} as events
    left join stories on events.outcome_id = stories.outcome_id
    left join wholes on events.outcome_id = wholes.outcome_id
    where events.outcome_type = 'issue' and wholes.outcome_id is null
),

borne_by_issues as (
    select
        closed.outcome_id,
        issue_bearers.bearer_id
    from {{ ref('int_closed_issues') }} as closed
    inner join issue_bearers on closed.issue_id = issue_bearers.outcome_id
),

taken_back as (
    select
        lines.reverting_id as outcome_id,
        lines.outcome_id as piece_id
    from {{ ref('int_revert_lines') }} as lines
    left join {{ ref('int_reverts') }} as reverts on lines.outcome_id = reverts.reverting_id
    where reverts.reverting_id is null
),

change_bearers as (
    select
        changes.outcome_id,
        coalesce(own.bearer_id, pieces.bearer_id, taken_back.piece_id, changes.outcome_id) as bearer_id
    from {{ ref('int_changes') }} as changes
    left join borne_by_issues as own on changes.outcome_id = own.outcome_id
    left join taken_back on changes.outcome_id = taken_back.outcome_id
    left join borne_by_issues as pieces on taken_back.piece_id = pieces.outcome_id
),

bearers as (
    select outcome_id, bearer_id from issue_bearers
    union
    select outcome_id, bearer_id from change_bearers
)

select
    outcome_id,
    bearer_id,
    row_number() over (partition by outcome_id order by bearer_id) as place,
    count(*) over (partition by outcome_id) as places
from bearers
