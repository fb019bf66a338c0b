-- Votes on pull requests, as the last export has them. When somebody voted is not said; it was before the
-- pull request was closed.
select
    pulls.repository_key,
    {{ dbt.concat(["'vote of '", 'votes.reviewer_key']) }} as review_id,
    votes.pull_request,
    votes.reviewer_key,
    coalesce(votes.is_bot, false) as is_bot,
    votes.state,
    coalesce(pulls.closed_at, pulls.known_at) as submitted_at
from ({{ current_rows('azure_devops_votes') }}) as votes
inner join {{ ref('stg_azure_devops__pull_requests') }} as pulls
    on votes.organisation = pulls.organisation and votes.pull_request = pulls.pull_request
qualify row_number() over (
    partition by pulls.repository_key, votes.pull_request, votes.reviewer_key
    order by votes.extracted_at desc, votes.state
) = 1
