-- An issue's changes of state, where its history was asked for, and the states in which exports saw it:
-- a reopened issue no longer tells when it was completed.
with seen as (
    select
        coalesce(entries.issue_id, identities.issue_id, entries.identifier) as issue_id,
        coalesce(entries.completed_at, entries.canceled_at) is not null as is_done,
        case
            when entries.completed_at is null and entries.canceled_at is not null then 'canceled'
            when entries.duplicate_of is not null then 'duplicate'
        end as resolution,
        coalesce(entries.completed_at, entries.canceled_at, entries.updated_at, entries.extracted_at) as changed_at,
        coalesce(entries.updated_at, entries.extracted_at) as seen_at
    from ({{ current_rows('linear_issues') }}) as entries
    left join {{ ref('stg_linear__identities') }} as identities on entries.identifier = identities.identifier
),

history as (
    select distinct
        issue_id,
        change_id,
        from_type in ('completed', 'canceled', 'duplicate') as was_done,
        to_type in ('completed', 'canceled', 'duplicate') as is_done,
        case when to_type in ('canceled', 'duplicate') then to_type end as resolution,
        changed_at
    from ({{ current_rows('linear_issue_changes') }}) as changes
)

select
    'linear' as site,
    cast(null as string) as repository_key,
    issue_id,
    change_id,
    was_done,
    is_done,
    resolution,
    changed_at
from history

union all

select
    'linear',
    cast(null as string),
    issue_id,
    cast(null as string),
    case when is_done then false end,
    is_done,
    resolution,
    changed_at
from seen
qualify row_number() over (
    partition by issue_id, is_done, changed_at order by seen_at desc, resolution nulls last
) = 1
