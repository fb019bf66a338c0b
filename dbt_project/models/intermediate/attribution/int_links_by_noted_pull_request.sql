-- Requests of a session in which the tool noted one pull request and no other, by the pull request's own
-- author, wherever the session stood. It may have been looked at only, so this is one signal.
with noted as (
    select distinct
        links.session_id,
        pulls.outcome_id,
        {{ dbt.dateadd('hour', 1, "coalesce(pulls.merged_at, pulls.closed_at, cast('9999-12-31' as timestamp))") }}
            as to_at
    from {{ ref('stg_claude_code__pull_requests') }} as links
    inner join {{ ref('int_repositories') }} as repositories on links.repository_key = repositories.repository_key
    inner join {{ ref('int_pull_requests') }} as pulls
        on repositories.known_as_key = pulls.repository_key and links.pull_request = pulls.pull_request
),

counted as (
    select
        *,
        count(*) over (partition by session_id) as pulls_of_session
    from noted
)

select
    requests.request_key,
    counted.outcome_id,
    'pull_request_noted' as method
from {{ ref('int_session_requests') }} as requests
inner join counted on requests.session_id = counted.session_id
inner join {{ ref('int_outcomes') }} as outcomes
    on counted.outcome_id = outcomes.outcome_id and requests.person_key = outcomes.person_key
where counted.pulls_of_session = 1 and requests.occurred_at <= counted.to_at
