-- What is known of each rollout: whose session it is, where it was worked, and the family of forks that it is of.
-- A fork begins with what its parent wrote, the parent's own first line included. The eldest session that is known
-- names the family: the file's own lines know it, and, where they name a parent only, the parent's file.
with lines as (
    select
        *,
        row_number() over (
            partition by file_key
            -- The name ends in the id of the session whose file it is.
            order by
                case when right(rollout, length(session_id)) = session_id then 1 else 2 end, occurred_at, session_id
        ) as place
    from ({{ current_rows('codex_sessions') }}) as current_lines
),

eldest_in_file as (
    select
        lines.file_key,
        min(coalesce(lines.parent_session_id, lines.session_id)) as family_0
    from lines
    left join lines as parents
        on lines.file_key = parents.file_key and lines.parent_session_id = parents.session_id
    where parents.session_id is null
    group by lines.file_key
),

rollouts as (
    select
        lines.file_key,
        lines.session_id,
        lines.parent_session_id,
        lines.branch_key,
        lines.repository_key,
        lines.folder_key,
        coalesce(eldest_in_file.family_0, lines.session_id) as family_0
    from lines
    left join eldest_in_file on lines.file_key = eldest_in_file.file_key
    where lines.place = 1
),

elders as (
    select
        session_id,
        min(family_0) as elder
    from rollouts
    group by session_id
){% for round in range(1, 4) %},

rollouts_{{ round }} as (
    select
        rollouts.*,
        coalesce(elders.elder, rollouts.family_{{ round - 1 }}) as family_{{ round }}
    from {{ 'rollouts' if round == 1 else 'rollouts_' ~ (round - 1) }} as rollouts
    left join elders on rollouts.family_{{ round - 1 }} = elders.session_id
){% endfor %}

select
    file_key,
    session_id,
    parent_session_id,
    family_3 as family_id,
    branch_key,
    repository_key,
    folder_key
from rollouts_3
