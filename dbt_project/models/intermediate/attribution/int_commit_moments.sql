-- Moments of work on a change: when somebody wrote a commit of it, and when somebody made it anew by
-- amending or rebasing. What a session did before such a moment, it did for the change.
with commits as (
    select
        branch_commits.repository_key,
        branch_commits.sha,
        max(case when branch_commits.is_own then branch_commits.outcome_id end) as outcome_id,
        max(case when branch_commits.is_first then 1 else 0 end) as is_first
    from {{ ref('int_branch_commits') }} as branch_commits
    group by branch_commits.repository_key, branch_commits.sha
),

written as (
    select
        commits.*,
        people.author_person_key,
        people.committer_person_key,
        coalesce(people.committer_person_key, people.author_person_key) as maker_person_key,
        people.authored_at,
        people.committed_at,
        people.change_fingerprint,
        -- The first one that is the change's own: a stacked one begins with the commits of others.
        case
            when people.is_merge then 0
            when
                row_number() over (
                    partition by commits.outcome_id
                    order by case when people.is_merge then 2 else 1 end, people.authored_at, commits.sha
                ) = 1 then 1
            else 0
        end as is_first_own
    from commits
    inner join {{ ref('int_commit_people') }} as people
        on commits.repository_key = people.repository_key and commits.sha = people.sha
    where
        people.author_person_key is not null
        and not people.is_bot
        and commits.outcome_id is not null
        -- A merge is work where a person resolved it, not where the server pressed the button.
        and (not people.is_merge or people.committer_person_key is not null)
),

moments as (
    select
        repository_key, sha, outcome_id, author_person_key as person_key, authored_at as happened_at,
        true as is_authored, change_fingerprint, is_first = 1 as is_first, is_first_own = 1 as is_first_own
    from written
    union all
    select
        repository_key, sha, outcome_id, maker_person_key, committed_at, false, change_fingerprint, false, false
    from written
    where
        committed_at > {{ dbt.dateadd('minute', 1, 'authored_at') }} or maker_person_key <> author_person_key
    union all
    -- What somebody else rebased was its author's work until then.
    select
        repository_key, sha, outcome_id, author_person_key, committed_at, false, change_fingerprint, false, false
    from written
    where
        committed_at > {{ dbt.dateadd('minute', 1, 'authored_at') }} and maker_person_key <> author_person_key
)

select * from moments
