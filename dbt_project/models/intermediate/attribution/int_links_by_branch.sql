-- What no moment follows: requests on the branch of a change that is open, by a session that has worked on it
-- (`branch_tail`); and where nobody's commits of a pull request were exported, requests of its author on its branch,
-- before it was opened (`branch_before_opening`) and after (`branch_until_merge`), and on the default branch before
-- there was one (`before_branch`). Branch names are used again, so of several pull requests the first that was still
-- to come counts.
-- Requests are looked at again where what their links are made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_link_marks') }}"
    )
}}

with worked_on as (
    select distinct
        session_id,
        outcome_id
    from {{ ref('int_session_moments') }}
),

parts as (
    select mark
    from {{ ref('int_link_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

requests as (
    select requests.*
    from {{ ref('int_requests_to_link') }} as requests
    inner join parts on requests.made_of = parts.mark
),

candidates as (
    select
        requests.request_number,
        requests.made_of,
        changes.outcome_id,
        changes.to_at,
        case
            when worked_on.session_id is not null then 'branch_tail'
            when requests.occurred_at <= changes.created_at then 'branch_before_opening'
            else 'branch_until_merge'
        end as method
    from requests
    inner join {{ ref('int_changes_on_branches') }} as changes
        on
            requests.branch_key = changes.branch_key
            and coalesce(requests.repository_key, changes.repository_key) = changes.repository_key
            and requests.occurred_at between changes.from_at and changes.to_at
    left join worked_on
        on requests.session_id = worked_on.session_id and changes.outcome_id = worked_on.outcome_id
    where worked_on.session_id is not null or (requests.person_key = changes.person_key and not changes.has_moments)
    union all
    select
        requests.request_number,
        requests.made_of,
        stretches.outcome_id,
        cast(null as timestamp),
        'before_branch'
    from requests
    inner join {{ ref('int_stretches_before_branch') }} as stretches
        on requests.session_id = stretches.session_id and requests.stretch = stretches.stretch
)

select
    request_number,
    outcome_id,
    method,
    made_of
from candidates
qualify row_number() over (
    partition by made_of, request_number
    order by case method when 'branch_tail' then 1 when 'before_branch' then 3 else 2 end, to_at, outcome_id
) = 1
