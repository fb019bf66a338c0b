-- How far a leaderboard of tokens misleads in weeks of which no publication has told yet. It is told once: changed
-- later, it would tell something of whoever exported late.
with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
)

select
    leaders.week_start,
    cast(leaders.leaderboard_overlap as double) as leaderboard_overlap,
    cast(null as timestamp) as told_at
from {{ ref('int_leaderboard_overlap') }} as leaders
cross join last_export
left join {{ source('told', 'org_weeks') }} as told on leaders.week_start = told.week_start
where told.week_start is null and {{ is_closed('leaders.week_start', 'last_export.day') }}
