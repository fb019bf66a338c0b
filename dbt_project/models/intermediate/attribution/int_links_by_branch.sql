-- What no moment follows: requests on the branch of a change that is open, by a session that has worked
-- on it (`branch_tail`); and where nobody's commits of a pull request were exported, requests of its
-- author on its branch (`branch_until_merge`). Branch names are used again, so of several pull requests
-- the first that was still to come counts.
with with_moments as (
    select distinct outcome_id from {{ ref('int_commit_moments') }}
),

pulls as (
    select
        pulls.outcome_id,
        outcomes.person_key,
        {{ dbt.dateadd('day', -21, 'pulls.created_at') }} as from_at,
        {{ dbt.dateadd('hour', 1, "coalesce(pulls.merged_at, pulls.closed_at, cast('9999-12-31' as timestamp))") }}
            as to_at,
        with_moments.outcome_id is not null as has_moments
    from {{ ref('int_pull_requests') }} as pulls
    left join {{ ref('int_outcomes') }} as outcomes on pulls.outcome_id = outcomes.outcome_id
    left join with_moments on pulls.outcome_id = with_moments.outcome_id
),

worked_on as (
    select distinct
        session_id,
        outcome_id
    from {{ ref('int_session_moments') }}
),

candidates as (
    select
        requests.request_key,
        pulls.outcome_id,
        pulls.to_at,
        worked_on.session_id is not null as is_tail
    from {{ ref('int_session_requests') }} as requests
    inner join {{ ref('int_change_branches') }} as branches
        on
            requests.branch_key = branches.branch_key
            and coalesce(requests.repository_key, branches.repository_key) = branches.repository_key
    inner join pulls
        on
            branches.outcome_id = pulls.outcome_id
            and requests.occurred_at between pulls.from_at and pulls.to_at
    left join worked_on
        on requests.session_id = worked_on.session_id and pulls.outcome_id = worked_on.outcome_id
    where worked_on.session_id is not null or (requests.person_key = pulls.person_key and not pulls.has_moments)
)

select
    request_key,
    outcome_id,
    case when is_tail then 'branch_tail' else 'branch_until_merge' end as method
from candidates
qualify row_number() over (
    partition by request_key order by case when is_tail then 1 else 2 end, to_at, outcome_id
) = 1
