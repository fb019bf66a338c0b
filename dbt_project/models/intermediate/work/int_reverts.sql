-- Which change took which other one back. Only what reached the default branch counts, on both
-- sides: the body of a squashed commit often names reverts that happened on a branch and never left it.
with shipped as (
    select outcome_id, shipped_at from {{ ref('int_merges') }} where shipped_at is not null
    union all
    select
        changes.outcome_id,
        min(commits.committed_at)
    from {{ ref('int_change_commits') }} as changes
    inner join {{ ref('int_commits') }} as commits
        on changes.repository_key = commits.repository_key and changes.sha = commits.sha
    where changes.basis = 'direct'
    group by changes.outcome_id
),

said_in_commits as (
    select
        changes.outcome_id as reverting_id,
        commits.repository_key,
        said.reverted_sha,
        said.reverted_pull_request
    from {{ ref('int_commits') }} as commits
    inner join (
        select repository_key, sha, reverted_sha, cast(null as varchar) as reverted_pull_request
        from {{ ref('int_commits') }}
        {{ each_item('reverted_commits', 'reverted_sha') }}
        union all
        select repository_key, sha, cast(null as varchar), reverted_pull_request
        from {{ ref('int_commits') }}
        {{ each_item('reverted_pull_requests', 'reverted_pull_request') }}
    ) as said on commits.repository_key = said.repository_key and commits.sha = said.sha
    inner join {{ ref('int_change_commits') }} as changes
        on commits.repository_key = changes.repository_key and commits.sha = changes.sha
    where commits.on_default_branch
),

said_in_pulls as (
    select outcome_id as reverting_id, repository_key, reverted_sha, cast(null as varchar) as reverted_pull_request
    from {{ ref('int_pull_requests') }}
    {{ each_item('reverted_commits', 'reverted_sha') }}
    union all
    select outcome_id, repository_key, cast(null as varchar), reverted_pull_request
    from {{ ref('int_pull_requests') }}
    {{ each_item('reverted_pull_requests', 'reverted_pull_request') }}
),

said as (
    select * from said_in_commits
    union all
    select * from said_in_pulls
),

meant as (
    select
        said.reverting_id,
        changes.outcome_id as reverted_id
    from said
    inner join {{ ref('int_change_commits') }} as changes
        on
            said.repository_key = changes.repository_key
            -- Marks may shorten a sha to as few as seven digits.
            and left(changes.sha, 7) = left(said.reverted_sha, 7)
            and changes.sha like said.reverted_sha || '%'
    where changes.on_default_branch
    union
    select
        said.reverting_id,
        pulls.outcome_id
    from said
    inner join {{ ref('int_pull_requests') }} as pulls
        on
            said.repository_key = pulls.repository_key
            and {{ dbt.safe_cast(dbt.split_part('said.reverted_pull_request', "'#'", 2), 'bigint') }} = pulls.pull_request
)

select
    meant.reverting_id,
    meant.reverted_id,
    reverting.shipped_at as reverted_at
from meant
inner join shipped as reverting on meant.reverting_id = reverting.outcome_id
inner join shipped as reverted on meant.reverted_id = reverted.outcome_id
where meant.reverting_id <> meant.reverted_id and reverting.shipped_at >= reverted.shipped_at
