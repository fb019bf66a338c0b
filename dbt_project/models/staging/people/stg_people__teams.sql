-- The tree of teams as it stands last; where two exports name a team differently, the later is right.
-- Departments of SCIM, and the divisions above them, are teams where no list of teams has them.
with departments as (
    select team_id, parent_team_id, extracted_at
    from ({{ current_rows('people_scim_users') }}) as users
    where team_id is not null
    union all
    select parent_team_id, cast(null as string), extracted_at
    from ({{ current_rows('people_scim_users') }}) as users
    where parent_team_id is not null
),

teams as (
    select
        team_id, team_name, parent_team_id, valid_from, valid_to, extracted_at, 1 as place
    from ({{ current_rows('people_teams') }}) as listed
    union all
    select
        team_id, team_id, parent_team_id, cast(null as date), cast(null as date), extracted_at, 2
    from departments
)

select
    team_id,
    team_name,
    nullif(parent_team_id, team_id) as parent_team_id
from teams
qualify row_number() over (
    partition by team_id
    order by
        place, coalesce(valid_to, cast('9999-12-31' as date)) desc, valid_from desc nulls last, extracted_at desc,
        team_name, parent_team_id nulls last
) = 1
