-- What a commit's message says of other work, from whichever export holds the commit.
with messages as (
    select repository_key, sha, issue_keys, closed_issues, entire_checkpoints, committed_at, 0 as pull_request
    from {{ ref('int_commits') }}
    union all
    select repository_key, sha, issue_keys, closed_issues, entire_checkpoints, committed_at, pull_request
    from {{ ref('int_pull_commits') }}
)

select
    repository_key,
    sha,
    issue_keys,
    closed_issues,
    entire_checkpoints,
    committed_at
from messages
qualify row_number() over (partition by repository_key, sha order by pull_request) = 1
