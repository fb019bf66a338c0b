-- Requests made on the branch of a pull request while it can have been in work: from three weeks
-- before it was opened until it was merged or closed. Branch names are used again, so of several
-- pull requests the first that was still to come counts.
with pulls as (
    select
        pulls.outcome_id,
        pulls.repository_key,
        pulls.head_branch_key,
        outcomes.person_key,
        {{ dbt.dateadd('day', -21, 'pulls.created_at') }} as from_at,
        {{ dbt.dateadd('hour', 1, "coalesce(pulls.merged_at, pulls.closed_at, cast('9999-12-31' as timestamp))") }}
            as to_at
    from {{ ref('int_pull_requests') }} as pulls
    left join {{ ref('int_outcomes') }} as outcomes on pulls.outcome_id = outcomes.outcome_id
    where
        pulls.head_branch_key is not null
        -- The default branch, of this repository or of a fork, is nobody's work branch.
        and pulls.head_branch_key <> coalesce(pulls.base_branch_key, '')
        and not pulls.is_from_default_branch
),

only_place as (
    select
        head_branch_key,
        min(repository_key) as repository_key
    from pulls
    group by head_branch_key
    having count(distinct repository_key) = 1
),

requests as (
    select
        requests.request_key,
        requests.person_key,
        requests.branch_key,
        requests.occurred_at,
        requests.repository_key is null as is_guessed,
        -- A folder that no alias names is in the one repository that knows its branch, if there is one.
        coalesce(requests.repository_key, only_place.repository_key) as repository_key
    from {{ ref('int_usage_placed') }} as requests
    left join only_place on requests.branch_key = only_place.head_branch_key
    where requests.branch_key is not null
)

select
    requests.request_key,
    pulls.outcome_id,
    case when requests.person_key = pulls.person_key then 'branch_and_author' else 'branch' end as method
from requests
inner join pulls
    on
        requests.repository_key = pulls.repository_key
        and requests.branch_key = pulls.head_branch_key
        and requests.occurred_at between pulls.from_at and pulls.to_at
-- Half the world has a branch `dev`: where the repository is a guess, its author must speak for it.
where not requests.is_guessed or requests.person_key = pulls.person_key
qualify row_number() over (partition by requests.request_key order by pulls.to_at, pulls.outcome_id) = 1
