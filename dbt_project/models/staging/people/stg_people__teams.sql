-- The tree of teams as it stands last; where two exports name a team differently, the later is right.
select
    team_id,
    team_name,
    nullif(parent_team_id, team_id) as parent_team_id
from ({{ current_rows('people_teams') }}) as teams
qualify row_number() over (
    partition by team_id
    order by
        coalesce(valid_to, cast('9999-12-31' as date)) desc, valid_from desc nulls last, extracted_at desc, team_name,
        parent_team_id
) = 1
