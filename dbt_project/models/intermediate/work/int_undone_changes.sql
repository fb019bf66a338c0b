-- Changes that are taken back as things stand. A revert that was itself reverted restores what it
-- took: the last word on a change is that of the latest revert in its line, and stands against the
-- change where that revert is the first, the third, and so on.
with recursive lines as (
    select
        reverted_id as outcome_id,
        reverting_id,
        reverted_at,
        1 as steps
    from {{ ref('int_reverts') }}

    union all

    select
        lines.outcome_id,
        reverts.reverting_id,
        reverts.reverted_at,
        lines.steps + 1
    from lines
    inner join {{ ref('int_reverts') }} as reverts on lines.reverting_id = reverts.reverted_id
    where lines.steps < 20
),

last_words as (
    select
        outcome_id,
        steps,
        reverted_at
    from lines
    qualify row_number() over (partition by outcome_id order by reverted_at desc, steps desc) = 1
)

select
    outcome_id,
    reverted_at as undone_at
from last_words
where mod(steps, 2) = 1
