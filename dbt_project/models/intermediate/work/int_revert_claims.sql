-- What says of itself that it takes something back: commits on the default branch, and pull requests.
-- Each names a commit, or a pull request as `#12` or `owner/name#12`.
{{ config(materialized='view') }}

with commits as (
    select repository_key, sha, reverted_sha, cast(null as string) as reference
    from {{ ref('int_commits') }}
    {{ each_item('reverted_commits', 'reverted_sha') }}
    union all
    select repository_key, sha, cast(null as string), reference
    from {{ ref('int_commits') }}
    {{ each_item('reverted_pull_requests', 'reference') }}
)

select
    changes.outcome_id as reverting_id,
    commits.repository_key,
    commits.reverted_sha,
    commits.reference
from commits
inner join {{ ref('int_change_commits') }} as changes
    on commits.repository_key = changes.repository_key and commits.sha = changes.sha
where changes.on_default_branch

union

select outcome_id, repository_key, reverted_sha, cast(null as string)
from {{ ref('int_pull_requests') }}
{{ each_item('reverted_commits', 'reverted_sha') }}

union

select outcome_id, repository_key, cast(null as string), reference
from {{ ref('int_pull_requests') }}
{{ each_item('reverted_pull_requests', 'reference') }}
