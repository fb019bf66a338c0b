-- The published figures of teams' weeks that are not what they were when the week was published first, and by
-- how much for which reason. What no reason explains comes from small teams standing with others than then.
with changed as (
    select
        figures.*,
        weeks.first_published_at
    from {{ ref('int_published_figures') }} as figures
    inner join {{ ref('int_first_published') }} as weeks on figures.week_start = weeks.week_start
    where
        figures.value <> figures.first_value
        or (figures.value is null and figures.first_value is not null)
        or (figures.value is not null and figures.first_value is null)
),

explained as (
    select
        changed.team_id,
        changed.week_start,
        changed.figure,
        parts.reason,
        parts.amount
    from changed
    inner join {{ ref('int_restated_parts') }} as parts
        on
            changed.team_id = parts.team_id
            and changed.week_start = parts.week_start
            and changed.figure = parts.figure
),

unexplained as (
    select
        changed.team_id,
        changed.week_start,
        changed.figure,
        'regrouped' as reason,
        changed.value - changed.first_value - coalesce(sum(explained.amount), 0) as amount
    from changed
    left join explained
        on
            changed.team_id = explained.team_id
            and changed.week_start = explained.week_start
            and changed.figure = explained.figure
    group by changed.team_id, changed.week_start, changed.figure, changed.value, changed.first_value
),

reasons as (
    select * from explained
    union all
    select * from unexplained where coalesce(amount, 1) <> 0
)

select
    changed.team_id,
    changed.week_start,
    changed.figure,
    changed.first_published_at,
    changed.first_value,
    changed.value,
    reasons.reason,
    cast(reasons.amount as decimal(38, 10)) as amount
from changed
inner join reasons
    on
        changed.team_id = reasons.team_id
        and changed.week_start = reasons.week_start
        and changed.figure = reasons.figure
