-- What says of itself that it takes something back: commits on the default branch, and pull requests.
-- Each names a commit, or a pull request as `#12` or `owner/name#12`. A commit that was taken back
-- before its own change was merged says nothing.
{{ config(materialized='view') }}

with marks as (
    select repository_key, sha, reverted_sha, cast(null as string) as reference
    from {{ ref('int_commits') }}
    {{ each_item('reverted_commits', 'reverted_sha') }}
    union all
    select repository_key, sha, cast(null as string), reference
    from {{ ref('int_commits') }}
    {{ each_item('reverted_pull_requests', 'reference') }}
),

claims as (
    select
        changes.outcome_id as reverting_id,
        marks.repository_key,
        marks.sha,
        marks.reverted_sha,
        marks.reference
    from marks
    inner join {{ ref('int_change_commits') }} as changes
        on marks.repository_key = changes.repository_key and marks.sha = changes.sha
    where changes.on_default_branch
),

taken_back as (
    select distinct
        claims.reverting_id,
        claims.sha
    from claims
    inner join claims as others
        on
            claims.reverting_id = others.reverting_id
            and {{ same_commit('claims.sha', 'others.reverted_sha') }}
    where claims.sha <> others.sha
)

select
    claims.reverting_id,
    claims.repository_key,
    claims.reverted_sha,
    claims.reference
from claims
left join taken_back on claims.reverting_id = taken_back.reverting_id and claims.sha = taken_back.sha
where taken_back.sha is null

union

select outcome_id, repository_key, reverted_sha, cast(null as string)
from {{ ref('int_pull_requests') }}
{{ each_item('reverted_commits', 'reverted_sha') }}

union

select outcome_id, repository_key, cast(null as string), reference
from {{ ref('int_pull_requests') }}
{{ each_item('reverted_pull_requests', 'reference') }}
