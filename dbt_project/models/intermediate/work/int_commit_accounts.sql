-- Who wrote and who made each commit, by account, from whichever export holds the commit; git's own
-- comes first, and only the trackers' answers know every login.
with commits as (
    select
        repository_key, sha, author_key, login_system, author_login_key, committer_key, committer_login_key, is_bot,
        is_merge, change_fingerprint, authored_at, committed_at, 0 as pull_request
    from {{ ref('int_commits') }}
    union all
    select
        repository_key, sha, author_key, login_system, author_login_key, committer_key, committer_login_key, is_bot,
        is_merge, change_fingerprint, authored_at, committed_at, pull_request
    from {{ ref('int_pull_commits') }}
)

select
    repository_key,
    sha,
    author_key,
    max(case when author_login_key is not null or committer_login_key is not null then login_system end)
        over (partition by repository_key, sha) as login_system,
    max(author_login_key) over (partition by repository_key, sha) as author_login_key,
    committer_key,
    max(committer_login_key) over (partition by repository_key, sha) as committer_login_key,
    is_bot,
    is_merge,
    change_fingerprint,
    coalesce(authored_at, committed_at) as authored_at,
    coalesce(committed_at, authored_at) as committed_at
from commits
qualify row_number() over (partition by repository_key, sha order by pull_request) = 1
