-- Pull requests that the tool noted while its session stood on their branch. One that was only looked
-- at is noted as well, so that a note alone says nothing.
select distinct
    links.session_id,
    pulls.outcome_id,
    pulls.repository_key,
    cast(null as string) as sha,
    'pull_request_link' as method,
    links.occurred_at as happened_at
from {{ ref('stg_claude_code__pull_requests') }} as links
inner join {{ ref('int_repositories') }} as repositories on links.repository_key = repositories.repository_key
inner join {{ ref('int_pull_requests') }} as pulls
    on repositories.known_as_key = pulls.repository_key and links.pull_request = pulls.pull_request
inner join {{ ref('int_session_stretches') }} as stretches
    on
        links.session_id = stretches.session_id
        and links.occurred_at >= stretches.from_at
        and (stretches.next_from_at is null or links.occurred_at < stretches.next_from_at)
inner join {{ ref('int_change_branches') }} as branches
    on pulls.outcome_id = branches.outcome_id and stretches.branch_key = branches.branch_key
where not branches.is_learned
