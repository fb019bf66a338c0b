-- How outcomes hang together: a change closes an issue, an issue is part of another, a change is in
-- a release, a change takes another one back.
with issue_keys as (
    -- Only keys of issues that exist: UTF-8 and CVE-2024 look like keys too.
    select
        outcome_id,
        upper(issue_key) as issue_key
    from {{ ref('int_jira_issues') }}
),

branch_keys as (
    select
        name_key as branch_key,
        upper(name) as branch
    from {{ ref('stg_names') }}
    where kind = 'branch'
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
    select pulls.outcome_id, {{ issue_key_in('branch_keys.branch') }}
    from {{ ref('int_pull_requests') }} as pulls
    inner join branch_keys on pulls.head_branch_key = branch_keys.branch_key
    union
    select changes.outcome_id, keys.issue_key
    from {{ ref('int_change_commits') }} as changes
    inner join (
        select repository_key, sha, issue_key from {{ ref('int_commits') }}
        {{ each_item('issue_keys', 'issue_key') }}
    ) as keys on changes.repository_key = keys.repository_key and changes.sha = keys.sha
),

numbers_named as (
    select outcome_id, repository_key, reference
    from {{ ref('int_pull_requests') }}
    {{ each_item('closed_issues', 'reference') }}
    union
    select changes.outcome_id, changes.repository_key, named.reference
    from {{ ref('int_change_commits') }} as changes
    inner join (
        select repository_key, sha, reference from {{ ref('int_commits') }}
        {{ each_item('closed_issues', 'reference') }}
    ) as named on changes.repository_key = named.repository_key and changes.sha = named.sha
),

-- `#12` is an issue of the same repository, `owner/name#12` one of that name on the same host.
numbers as (
    select
        numbers_named.outcome_id,
        {{ dbt.safe_cast(dbt.split_part('numbers_named.reference', "'#'", 2), 'bigint') }} as issue,
        case
            when {{ dbt.split_part('numbers_named.reference', "'#'", 1) }} = '' then names.repository
            else {{ dbt.concat([
                dbt.split_part('names.repository', "'/'", 1), "'/'", dbt.split_part('numbers_named.reference', "'#'", 1)
            ]) }}
        end as repository
    from numbers_named
    inner join {{ ref('int_repositories') }} as names
        on numbers_named.repository_key = names.repository_key
),

closes as (
    select keys_named.outcome_id, issue_keys.outcome_id as related_outcome_id
    from keys_named
    inner join issue_keys on upper(keys_named.issue_key) = issue_keys.issue_key
    union
    select numbers.outcome_id, issues.outcome_id
    from numbers
    inner join {{ ref('int_repositories') }} as names on numbers.repository = names.repository
    inner join {{ ref('int_github_issues') }} as issues
        on names.known_as_key = issues.repository_key and numbers.issue = issues.issue
),

part_of as (
    select
        parts.outcome_id,
        wholes.outcome_id as related_outcome_id
    from {{ ref('int_jira_issues') }} as parts
    inner join {{ ref('int_jira_issues') }} as wholes on parts.site = wholes.site and parts.parent_key = wholes.issue_key
    where parts.outcome_id <> wholes.outcome_id
),

released_in as (
    select
        changes.outcome_id,
        releases.outcome_id as related_outcome_id
    from {{ ref('int_changes') }} as changes
    inner join {{ ref('int_releases') }} as releases
        on
            changes.repository_key = releases.repository_key
            and changes.shipped_at <= releases.contains_up_to
            and releases.shipped_at is not null
    qualify row_number() over (
        partition by changes.outcome_id order by releases.contains_up_to, releases.shipped_at, releases.outcome_id
    ) = 1
)

select outcome_id, related_outcome_id, 'closes' as relation from closes
union all
select outcome_id, related_outcome_id, 'part_of' from part_of
union all
select outcome_id, related_outcome_id, 'released_in' from released_in
union all
select reverting_id, reverted_id, 'reverts' from {{ ref('int_reverts') }}
