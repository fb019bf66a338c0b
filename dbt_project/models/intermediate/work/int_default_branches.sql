-- Branches that are nobody's work branch: the default branch of each repository, what default branches
-- are called everywhere (a fork has its own), and `HEAD`, which is no branch.
select distinct
    repository_key,
    base_branch_key as branch_key
from {{ ref('int_pull_requests') }}
where is_into_default_branch

union

select
    repositories.known_as_key,
    names.name_key
from {{ ref('int_repositories') }} as repositories
cross join {{ ref('stg_names') }} as names
where names.kind = 'branch' and names.name in ('main', 'master', 'HEAD')
