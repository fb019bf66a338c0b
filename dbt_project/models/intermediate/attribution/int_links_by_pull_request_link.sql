-- Requests of a session in which the tool itself noted a pull request, where something else speaks for
-- it too: the same branch, or the same person. A session that noted several is claimed by none of
-- them, except on their own branches.
with noted as (
    select distinct
        links.session_id,
        pulls.outcome_id,
        -- The default branch, of this repository or of a fork, confirms nothing.
        case
            when pulls.head_branch_key <> coalesce(pulls.base_branch_key, '') and not pulls.is_from_default_branch
                then pulls.head_branch_key
        end as head_branch_key,
        {{ dbt.dateadd('hour', 1, "coalesce(pulls.merged_at, pulls.closed_at, cast('9999-12-31' as timestamp))") }}
            as to_at
    from {{ ref('stg_claude_code__pull_requests') }} as links
    inner join {{ ref('int_repositories') }} as repositories on links.repository_key = repositories.repository_key
    inner join {{ ref('int_pull_requests') }} as pulls
        on repositories.known_as_key = pulls.repository_key and links.pull_request = pulls.pull_request
),

links as (
    select
        noted.*,
        outcomes.person_key,
        count(*) over (partition by noted.session_id) as links_of_session
    from noted
    left join {{ ref('int_outcomes') }} as outcomes on noted.outcome_id = outcomes.outcome_id
)

select
    requests.request_key,
    links.outcome_id,
    'pull_request_link' as method
from {{ ref('int_usage_placed') }} as requests
inner join links
    on
        requests.session_id = links.session_id
        and requests.occurred_at <= links.to_at
        and (
            requests.branch_key = links.head_branch_key
            or (requests.person_key = links.person_key and links.links_of_session = 1)
        )
