-- Who was in which team on a day, one team a person: of spans that overlap the one that began last holds.
select
    members.person_key,
    members.team_id,
    members.valid_from,
    least(
        members.valid_to,
        coalesce(
            min(members.valid_from) over (
                partition by members.person_key
                order by members.valid_from, members.team_id
                rows between 1 following and 1 following
            ),
            members.valid_to
        )
    ) as valid_to
from {{ ref('stg_people__members') }} as members
where members.team_id is not null
