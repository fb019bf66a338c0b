-- What no moment follows: requests on the branch of a change that is open, by a session that has worked on it
-- (`branch_tail`); and where nobody's commits of a pull request were exported, requests of its author on its branch,
-- before it was opened (`branch_before_opening`) and after (`branch_until_merge`), and on the default branch before
-- there was one (`before_branch`). Branch names are used again, so of several pull requests the first that was still
-- to come counts.
with with_moments as (
    select distinct outcome_id from {{ ref('int_commit_moments') }}
),

pulls as (
    select
        pulls.outcome_id,
        outcomes.person_key,
        pulls.created_at,
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
        case
            when worked_on.session_id is not null then 'branch_tail'
            when requests.occurred_at <= pulls.created_at then 'branch_before_opening'
            else 'branch_until_merge'
        end as method
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
    union all
    select
        requests.request_key,
        stretches.outcome_id,
        cast(null as timestamp),
        'before_branch'
    from {{ ref('int_session_requests') }} as requests
    inner join {{ ref('int_stretches_before_branch') }} as stretches
        on requests.session_id = stretches.session_id and requests.stretch = stretches.stretch
)

select
    request_key,
    outcome_id,
    method
from candidates
qualify row_number() over (
    partition by request_key
    order by case method when 'branch_tail' then 1 when 'before_branch' then 3 else 2 end, to_at, outcome_id
) = 1
