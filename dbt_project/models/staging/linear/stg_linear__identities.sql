-- Every identifier that an issue has or once had, by the id that stays when it moves to another team.
-- Old CSV knows no id: there the identifier must do, unless another export knows it.
with issues as (
    select
        coalesce(issue_id, identifier) as issue_id,
        issue_id is not null as is_known,
        identifier,
        former_identifiers,
        coalesce(updated_at, extracted_at) as known_at
    from ({{ current_rows('linear_issues') }}) as entries
),

identifiers as (
    select issue_id, is_known, identifier, known_at from issues
    union all
    select issue_id, is_known, former, cast(null as timestamp) from issues
    {{ each_item('former_identifiers', 'former') }}
)

select
    issue_id,
    identifier
from identifiers
qualify row_number() over (
    partition by identifier order by is_known desc, known_at desc nulls last, issue_id
) = 1
