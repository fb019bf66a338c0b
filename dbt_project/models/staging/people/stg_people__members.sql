-- Who was in which team, and when. The end of a span is exclusive.
select distinct
    person_key,
    email_key,
    team_id,
    coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from ({{ current_rows('people_members') }}) as members
where coalesce(valid_from, cast('1900-01-01' as date)) < coalesce(valid_to, cast('9999-12-31' as date))
