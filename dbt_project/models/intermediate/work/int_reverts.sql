-- Which change took which other one back. Only what reached the default branch counts, on both
-- sides: the body of a squashed commit often names reverts that happened on a branch and never left it.
-- One commit taken back out of several is not the whole change.
with shipped as (
    select outcome_id, shipped_at from {{ ref('int_merges') }} where shipped_at is not null
    union all
    select
        changes.outcome_id,
        commits.committed_at
    from {{ ref('int_change_commits') }} as changes
    inner join {{ ref('int_commits') }} as commits
        on changes.repository_key = commits.repository_key and changes.sha = commits.sha
    where changes.basis = 'direct'
),

arrived as (
    select
        changes.outcome_id,
        changes.repository_key,
        changes.sha,
        -- Taking a merge back takes back all that it brought. So does what stands for an unknown rest.
        coalesce(commits.is_merge, true) as is_whole,
        count(case when not commits.is_merge then 1 end) over (partition by changes.outcome_id) as parts
    from {{ ref('int_change_commits') }} as changes
    left join {{ ref('int_commits') }} as commits
        on changes.repository_key = commits.repository_key and changes.sha = commits.sha
    where changes.on_default_branch
),

meant as (
    select
        claims.reverting_id,
        arrived.outcome_id as reverted_id
    from {{ ref('int_revert_claims') }} as claims
    inner join arrived
        on
            claims.repository_key = arrived.repository_key
            and {{ same_commit('arrived.sha', 'claims.reverted_sha') }}
    group by claims.reverting_id, arrived.outcome_id
    having
        max(case when arrived.is_whole then 1 else 0 end) = 1
        or count(distinct arrived.sha) >= max(arrived.parts)

    union

    select
        claims.reverting_id,
        pulls.outcome_id
    from {{ ref('int_revert_claims') }} as claims
    inner join {{ ref('int_repositories') }} as standing_in on claims.repository_key = standing_in.repository_key
    inner join {{ ref('int_repositories') }} as meant_ones
        on {{ referenced_repository('claims.reference', 'standing_in.repository') }} = meant_ones.written_as
    inner join {{ ref('int_pull_requests') }} as pulls
        on
            meant_ones.known_as_key = pulls.repository_key
            and {{ referenced_number('claims.reference') }} = pulls.pull_request
),

-- Both sides in one join: of two, the engine compared the times of all changes with those of all others first.
sides as (
    select reverting_id, reverted_id, reverting_id as outcome_id from meant where reverting_id <> reverted_id
    union all
    select reverting_id, reverted_id, reverted_id from meant where reverting_id <> reverted_id
),

timed as (
    select
        sides.reverting_id,
        sides.reverted_id,
        max(case when sides.outcome_id = sides.reverting_id then shipped.shipped_at end) as reverted_at,
        max(case when sides.outcome_id = sides.reverted_id then shipped.shipped_at end) as shipped_at
    from sides
    inner join shipped on sides.outcome_id = shipped.outcome_id
    group by sides.reverting_id, sides.reverted_id
)

select
    reverting_id,
    reverted_id,
    reverted_at
from timed
where reverted_at >= shipped_at
