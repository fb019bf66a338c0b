-- Authors behind accounts that nobody claims: whoever writes commits on the branches on which the account
-- is at work at that time, most of the account's and most of the author's. It joins sessions to commits
-- only, and says nothing of whose usage it was.
with unclaimed as (
    select distinct person_key from {{ ref('int_account_days') }} where not is_claimed
),

commits as (
    select distinct
        pulls.head_repository_key as repository_key,
        pulls.head_branch_key as branch_key,
        branch_commits.sha,
        people.author_person_key,
        people.authored_at
    from {{ ref('int_branch_commits') }} as branch_commits
    inner join {{ ref('int_pull_requests') }} as pulls on branch_commits.outcome_id = pulls.outcome_id
    inner join {{ ref('int_commit_people') }} as people
        on branch_commits.repository_key = people.repository_key and branch_commits.sha = people.sha
    left join {{ ref('int_default_branches') }} as defaults
        on pulls.repository_key = defaults.repository_key and pulls.head_branch_key = defaults.branch_key
    where
        not people.is_merge
        and not people.is_bot
        and people.author_person_key is not null
        and pulls.head_branch_key <> coalesce(pulls.base_branch_key, '')
        and defaults.branch_key is null
),

by_hour as (
    select *, date_trunc('hour', authored_at) as in_hour from commits
    union all
    select *, date_trunc('hour', {{ dbt.dateadd('hour', -1, 'authored_at') }}) from commits
),

meetings as (
    select
        requests.person_key,
        by_hour.author_person_key,
        count(distinct by_hour.sha) as commits
    from {{ ref('int_usage_placed') }} as requests
    inner join unclaimed on requests.person_key = unclaimed.person_key
    inner join by_hour
        on
            requests.branch_key = by_hour.branch_key
            and date_trunc('hour', requests.occurred_at) = by_hour.in_hour
            and coalesce(requests.repository_key, by_hour.repository_key) = by_hour.repository_key
            and requests.occurred_at <= by_hour.authored_at
            and requests.occurred_at >= {{ dbt.dateadd('minute', -10, 'by_hour.authored_at') }}
    group by requests.person_key, by_hour.author_person_key
),

shares as (
    select
        *,
        sum(commits) over (partition by person_key) as commits_of_account,
        sum(commits) over (partition by author_person_key) as commits_of_author
    from meetings
)

select
    person_key,
    author_person_key
from shares
where 2 * commits > commits_of_account and 2 * commits > commits_of_author
