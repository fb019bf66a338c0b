-- Requests made on the branch of a pull request while it can have been in work: from three weeks
-- before it was opened until it was merged or closed. Branch names are used again, so of several
-- pull requests the first that was still to come counts.
with pulls as (
    select
        outcome_id,
        repository_key,
        head_branch_key,
        author_key,
        {{ dbt.dateadd('day', -21, 'created_at') }} as from_at,
        {{ dbt.dateadd('hour', 1, "coalesce(merged_at, closed_at, cast('9999-12-31' as timestamp))") }} as to_at
    from {{ ref('int_pull_requests') }}
    where
        head_branch_key is not null
        -- The default branch of a fork is nobody's work branch.
        and head_branch_key <> base_branch_key
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
        requests.session_id,
        requests.person_key,
        requests.branch_key,
        requests.occurred_at,
        -- A folder that no alias names is in the one repository that knows its branch, if there is one.
        coalesce(requests.repository_key, only_place.repository_key) as repository_key
    from {{ ref('int_usage_placed') }} as requests
    left join only_place on requests.branch_key = only_place.head_branch_key
    where requests.branch_key is not null
),

authors as (
    select
        outcome_id,
        person_key
    from {{ ref('int_outcomes') }}
    where outcome_type = 'change'
)

select
    requests.request_key,
    pulls.outcome_id,
    case when requests.person_key = authors.person_key then 'branch_and_author' else 'branch' end as method
from requests
inner join pulls
    on
        requests.repository_key = pulls.repository_key
        and requests.branch_key = pulls.head_branch_key
        and requests.occurred_at between pulls.from_at and pulls.to_at
left join authors on pulls.outcome_id = authors.outcome_id
qualify row_number() over (partition by requests.request_key order by pulls.to_at, pulls.outcome_id) = 1
