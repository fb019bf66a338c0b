-- Spans in cost centres from pages of SCIM, as spans in teams: a person was in the cost centre of the first page that
-- names one ever before, and moved on the day of the first page that names another.
with seen as (
    select
        person_key,
        cost_center,
        cast(extracted_at as date) as day
    from ({{ current_rows('people_scim_users') }}) as users
    where nullif(cost_center, '') is not null
    qualify row_number() over (
        partition by person_key, cast(extracted_at as date) order by extracted_at desc, changed_at desc nulls last
    ) = 1
),

moves as (
    select
        *,
        lag(cost_center) over (partition by person_key order by day) as cost_center_before
    from seen
)

select
    person_key,
    cost_center,
    case when cost_center_before is null then cast('1900-01-01' as date) else day end as valid_from,
    coalesce(lead(day) over (partition by person_key order by day), cast('9999-12-31' as date)) as valid_to
from moves
where cost_center_before is null or cost_center <> cost_center_before
