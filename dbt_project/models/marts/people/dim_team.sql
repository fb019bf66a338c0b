-- Teams, and the one row for whatever belongs to none.
select
    team_id,
    team_name,
    parent_team_id
from {{ ref('int_teams') }}

union all

-- A team that people are in but that teams.csv does not name.
select distinct
    memberships.team_id,
    memberships.team_id,
    cast(null as string)
from {{ ref('int_memberships') }} as memberships
left join {{ ref('int_teams') }} as teams on memberships.team_id = teams.team_id
where teams.team_id is null

union all

select
    '{{ var("no_team") }}',
    '{{ var("no_team") }}',
    cast(null as string)
