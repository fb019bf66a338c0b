-- What kind of work an issue is, as its type and labels say by the words of a seed, and whether whoever opened
-- it had it to do. Its worth never depends on the kind: else a label would add to it.
with words as (
    select outcome_id, lower(issue_type) as said from {{ ref('int_issues') }}
    union all
    select outcome_id, lower(label) from {{ ref('int_issues') }} {{ each_item('labels', 'label') }}
),

kinds as (
    select
        words.outcome_id,
        kinds.kind
    from words
    inner join {{ ref('kinds_of_work') }} as kinds on words.said = kinds.said
    qualify row_number() over (partition by words.outcome_id order by kinds.place, kinds.kind) = 1
)

select
    issues.outcome_id,
    issues.is_own,
    coalesce(kinds.kind, 'other') as kind_of_work
from {{ ref('int_issues') }} as issues
left join kinds on issues.outcome_id = kinds.outcome_id
