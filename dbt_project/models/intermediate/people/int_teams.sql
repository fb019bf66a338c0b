-- The tree of teams with what is no tree cut off: a parent that nobody declared, or a team that is
-- its own ancestor, leaves a team at the top.
with recursive ancestors as (
    select
        team_id,
        parent_team_id as ancestor_id,
        1 as steps
    from {{ ref('stg_people__teams') }}
    where parent_team_id is not null

    union all

    select
        ancestors.team_id,
        teams.parent_team_id,
        ancestors.steps + 1
    from ancestors
    inner join {{ ref('stg_people__teams') }} as teams on ancestors.ancestor_id = teams.team_id
    -- Deeper than any organisation; a circle would go on for ever.
    where teams.parent_team_id is not null and ancestors.steps < 20
),

in_circles as (
    select distinct team_id from ancestors where team_id = ancestor_id
)

select
    teams.team_id,
    coalesce(teams.team_name, teams.team_id) as team_name,
    case when in_circles.team_id is null then parents.team_id end as parent_team_id,
    in_circles.team_id is not null as is_in_circle
from {{ ref('stg_people__teams') }} as teams
left join {{ ref('stg_people__teams') }} as parents on teams.parent_team_id = parents.team_id
left join in_circles on teams.team_id = in_circles.team_id
