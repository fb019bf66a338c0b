-- How outcomes hang together: a change closes an issue, an issue is part of another, a change is in
-- a release, a change takes another one back.
with part_of as (
    select
        parts.outcome_id,
        wholes.outcome_id as related_outcome_id
    from {{ ref('int_issues') }} as parts
    inner join {{ ref('int_issue_keys') }} as wholes
        on
            parts.tracker = wholes.tracker
            and parts.home = wholes.home
            and upper(parts.parent_key) = wholes.issue_key
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

select outcome_id, issue_id as related_outcome_id, 'closes' as relation from {{ ref('int_closed_issues') }}
union all
select outcome_id, related_outcome_id, 'part_of' from part_of
union all
select outcome_id, related_outcome_id, 'released_in' from released_in
union all
select reverting_id, reverted_id, 'reverts' from {{ ref('int_reverts') }}
