-- In which team a person was, and when: spans that do not overlap. Where what was exported overlaps,
-- the membership that began last holds while it lasts, and after it the one before again.
with changes as (
    select person_key, valid_from as day from {{ ref('stg_people__members') }}
    union
    select person_key, valid_to from {{ ref('stg_people__members') }}
),

spans as (
    select
        person_key,
        day as valid_from,
        lead(day) over (partition by person_key order by day) as valid_to
    from changes
),

holding as (
    select
        spans.person_key,
        members.team_id,
        spans.valid_from,
        spans.valid_to
    from spans
    inner join {{ ref('stg_people__members') }} as members
        on
            spans.person_key = members.person_key
            and spans.valid_from >= members.valid_from
            and spans.valid_to <= members.valid_to
    qualify row_number() over (
        partition by spans.person_key, spans.valid_from
        order by members.valid_from desc, members.valid_to, members.team_id
    ) = 1
)

-- A later membership without a team ends the one before it.
select
    person_key,
    team_id,
    valid_from,
    valid_to
from holding
where team_id is not null
