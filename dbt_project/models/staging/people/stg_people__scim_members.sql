-- Spans in teams from pages of SCIM, which tell how things were when they were exported: a person was in
-- the team of the first page ever before, and moved on the day of the first page that says so.
with seen as (
    select
        person_key,
        case when coalesce(is_active, true) then team_id end as team_id,
        cast(extracted_at as date) as day
    from ({{ current_rows('people_scim_users') }}) as users
    qualify row_number() over (
        partition by person_key, cast(extracted_at as date) order by extracted_at desc, changed_at desc nulls last
    ) = 1
),

moves as (
    select
        *,
        row_number() over (partition by person_key order by day) as place,
        lag(team_id) over (partition by person_key order by day) as team_before
    from seen
)

select
    person_key,
    team_id,
    case when place = 1 then cast('1900-01-01' as date) else day end as valid_from,
    coalesce(lead(day) over (partition by person_key order by day), cast('9999-12-31' as date)) as valid_to
from moves
where place = 1 or coalesce(team_id, '') <> coalesce(team_before, '')
