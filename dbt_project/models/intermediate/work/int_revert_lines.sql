-- For every change that was taken back, the reverts in its line: the one that took it back is the
-- first, the one that took that one back the second, and so on.
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
    -- Two changes of the same second that name each other would go on for ever.
    where lines.steps < 20
)

select
    outcome_id,
    reverting_id,
    reverted_at,
    steps
from lines
