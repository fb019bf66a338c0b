-- The pull request that a session noted, where it noted one and no other, with its author and until when what the
-- session does may be its work.
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
    counted.session_id,
    counted.outcome_id,
    outcomes.person_key,
    counted.to_at
from counted
inner join {{ ref('int_outcomes') }} as outcomes on counted.outcome_id = outcomes.outcome_id
where counted.pulls_of_session = 1
