-- Who was in which team, and when. The end of a span is exclusive.
with members as (
    select
        person_key,
        email_key,
        team_id,
        valid_from,
        valid_to
    from ({{ current_rows('people_members') }}) as listed
    union all
    select person_key, cast(null as string), team_id, valid_from, valid_to from {{ ref('stg_people__scim_members') }}
)

select distinct
    person_key,
    email_key,
    team_id,
    coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from members
where coalesce(valid_from, cast('1900-01-01' as date)) < coalesce(valid_to, cast('9999-12-31' as date))
