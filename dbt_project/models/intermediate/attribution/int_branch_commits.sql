-- Commits that were made for each change: those on the branch of a pull request, and a commit that came
-- to the default branch without one. Stacked pull requests hold the same commits; `is_own` tells the
-- change that a commit belongs to. Merge and squash commits that a server made are nobody's work.
with held as (
    select outcome_id, repository_key, sha from {{ ref('int_pull_commits') }}
    union
    select outcome_id, repository_key, sha from {{ ref('int_change_commits') }} where basis = 'direct'
)

select
    held.outcome_id,
    held.repository_key,
    held.sha,
    held.outcome_id = owners.outcome_id as is_own,
    row_number() over (
        partition by held.outcome_id
        order by case when people.is_merge then 2 else 1 end, people.authored_at, held.sha
    ) = 1 and not people.is_merge as is_first
from held
inner join {{ ref('int_change_commits') }} as owners
    on held.repository_key = owners.repository_key and held.sha = owners.sha
inner join {{ ref('int_commit_people') }} as people
    on held.repository_key = people.repository_key and held.sha = people.sha
