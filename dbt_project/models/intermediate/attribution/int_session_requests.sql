-- Requests by session and stretch: the stay of a session on one branch of one repository without a pause
-- of more than half an hour. What came without a session, by a gateway, is taken together by person
-- and branch.
{% set in_session %}partition by session_id order by occurred_at, request_key{% endset %}

with requests as (
    select
        placed.request_key,
        coalesce(
            placed.session_id, {{ key_of(['placed.person_key', 'placed.repository_key', 'placed.branch_key']) }}
        ) as session_id,
        coalesce(learned.author_person_key, placed.person_key) as person_key,
        placed.repository_key,
        placed.branch_key,
        placed.usage_date,
        placed.occurred_at
    from {{ ref('int_usage_placed') }} as placed
    left join {{ ref('int_learned_people') }} as learned on placed.person_key = learned.person_key
    where placed.session_id is not null or placed.branch_key is not null
),

earlier as (
    select
        *,
        lag(branch_key) over ({{ in_session }}) as earlier_branch_key,
        lag(repository_key) over ({{ in_session }}) as earlier_repository_key,
        lag(occurred_at) over ({{ in_session }}) as earlier_at
    from requests
),

begun as (
    select
        *,
        case
            when
                coalesce(branch_key, '') = coalesce(earlier_branch_key, '')
                -- Where no alias names a folder, its repository is unknown, and that is no other one.
                and coalesce(repository_key, earlier_repository_key, '')
                = coalesce(earlier_repository_key, repository_key, '')
                and occurred_at <= {{ dbt.dateadd('minute', 30, 'earlier_at') }}
                then 0
            else 1
        end as begins
    from earlier
)

select
    request_key,
    session_id,
    person_key,
    repository_key,
    branch_key,
    usage_date,
    occurred_at,
    sum(begins) over ({{ in_session }} rows unbounded preceding) as stretch
from begun
