-- The keys by which an issue is named, in capitals: the one it has, and those it had before it moved to
-- another project, unless another issue of its tracker has that one now.
with keys as (
    select outcome_id, tracker, home, upper(issue_key) as issue_key, 1 as place
    from {{ ref('int_issues') }}
    where issue_key is not null
    union all
    select outcome_id, tracker, home, upper(former_key), 2
    from {{ ref('int_issues') }}
    {{ each_item('former_keys', 'former_key') }}
)

select
    outcome_id,
    tracker,
    home,
    issue_key
from keys
qualify row_number() over (partition by tracker, home, issue_key order by place, outcome_id) = 1
