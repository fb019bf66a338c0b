-- Changes that are taken back as things stand. A revert that was itself reverted restores what it
-- took: the last word on a change is that of the latest revert in its line, and stands against the
-- change where that revert is the first, the third, and so on.
with last_words as (
    select
        outcome_id,
        steps,
        reverted_at
    from {{ ref('int_revert_lines') }}
    qualify row_number() over (partition by outcome_id order by reverted_at desc, steps desc) = 1
)

select
    outcome_id,
    reverted_at as undone_at
from last_words
where mod(steps, 2) = 1
