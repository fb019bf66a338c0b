-- Pull requests on their branches, with when what is done there is theirs: from three weeks before they are opened
-- until an hour after they are merged or closed.
with with_moments as (
    select distinct outcome_id from {{ ref('int_commit_moments') }}
)

select
    branches.branch_key,
    branches.repository_key,
    branches.outcome_id,
    outcomes.person_key,
    pulls.created_at,
    {{ dbt.dateadd('day', -21, 'pulls.created_at') }} as from_at,
    {{ dbt.dateadd('hour', 1, "coalesce(pulls.merged_at, pulls.closed_at, cast('9999-12-31' as timestamp))") }}
        as to_at,
    with_moments.outcome_id is not null as has_moments
from {{ ref('int_change_branches') }} as branches
inner join {{ ref('int_pull_requests') }} as pulls on branches.outcome_id = pulls.outcome_id
left join {{ ref('int_outcomes') }} as outcomes on pulls.outcome_id = outcomes.outcome_id
left join with_moments on pulls.outcome_id = with_moments.outcome_id
