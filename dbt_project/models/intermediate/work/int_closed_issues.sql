-- Which issues a change closes: those that a tracker says it does, those whose key stands in its title, branch or
-- commits, or behind a closing word in its text, and those numbers that stand behind one. A revert inherits branch and
-- title of what it takes back; it opens those issues again and closes none of them.
with keys_in_messages as (
    select repository_key, sha, issue_key
    from {{ ref('int_commit_messages') }}
    {{ each_item('issue_keys', 'issue_key') }}
),

numbers_in_messages as (
    select repository_key, sha, reference
    from {{ ref('int_commit_messages') }}
    {{ each_item('closed_issues', 'reference') }}
),

linked as (
    select
        pulls.outcome_id,
        links.issue_key,
        links.issue_number,
        issue_repositories.known_as_key as issue_repository_key
    from {{ ref('stg_trackers__closing_links') }} as links
    inner join {{ ref('int_repositories') }} as repositories on links.repository_key = repositories.repository_key
    inner join {{ ref('int_pull_requests') }} as pulls
        on repositories.known_as_key = pulls.repository_key and links.pull_request = pulls.pull_request
    left join {{ ref('int_repositories') }} as issue_repositories
        on links.issue_repository_key = issue_repositories.repository_key
),

keys_named as (
    select outcome_id, issue_key
    from {{ ref('int_pull_requests') }}
    {{ each_item('title_issue_keys', 'issue_key') }}
    union
    select outcome_id, issue_key
    from {{ ref('int_pull_requests') }}
    {{ each_item('body_issue_keys', 'issue_key') }}
    union
    select pulls.outcome_id, keys.issue_key
    from {{ ref('int_pull_requests') }} as pulls
    inner join {{ ref('int_branch_issue_keys') }} as keys on pulls.head_branch_key = keys.branch_key
    union
    select changes.outcome_id, keys.issue_key
    from {{ ref('int_change_commits') }} as changes
    inner join keys_in_messages as keys on changes.repository_key = keys.repository_key and changes.sha = keys.sha
    union
    select outcome_id, issue_key from linked where issue_key is not null
),

numbers_named as (
    select outcome_id, repository_key, reference
    from {{ ref('int_pull_requests') }}
    {{ each_item('closed_issues', 'reference') }}
    union
    select changes.outcome_id, changes.repository_key, named.reference
    from {{ ref('int_change_commits') }} as changes
    inner join numbers_in_messages as named
        on changes.repository_key = named.repository_key and changes.sha = named.sha
),

closed as (
    -- Only keys of issues that exist: UTF-8 and CVE-2024 look like keys too.
    select
        keys_named.outcome_id,
        issues.outcome_id as issue_id
    from keys_named
    inner join {{ ref('int_issue_keys') }} as issues on upper(keys_named.issue_key) = issues.issue_key
    union
    select
        numbers_named.outcome_id,
        issues.outcome_id
    from numbers_named
    inner join {{ ref('int_repositories') }} as standing_in on numbers_named.repository_key = standing_in.repository_key
    inner join {{ ref('int_repositories') }} as meant_ones
        on {{ referenced_repository('numbers_named.reference', 'standing_in.repository') }} = meant_ones.written_as
    inner join {{ ref('int_issues') }} as issues
        on
            meant_ones.known_as_key = issues.repository_key
            and {{ referenced_number('numbers_named.reference') }} = issues.issue_number
    union
    select
        linked.outcome_id,
        issues.outcome_id
    from linked
    inner join {{ ref('int_issues') }} as issues
        on linked.issue_repository_key = issues.repository_key and linked.issue_number = issues.issue_number
),

opened_again as (
    select
        lines.reverting_id,
        closed.issue_id
    from {{ ref('int_revert_lines') }} as lines
    inner join closed on lines.outcome_id = closed.outcome_id
)

select
    closed.outcome_id,
    closed.issue_id
from closed
left join opened_again on closed.outcome_id = opened_again.reverting_id and closed.issue_id = opened_again.issue_id
where opened_again.issue_id is null
