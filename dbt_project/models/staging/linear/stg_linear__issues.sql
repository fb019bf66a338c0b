-- One row an issue, as the last export has it. Its team stands before its number. CSV does not say of
-- what kind a state is; the dates do.
with last_rows as (
    select
        coalesce(entries.issue_id, identities.issue_id, entries.identifier) as id,
        entries.*
    from ({{ current_rows('linear_issues') }}) as entries
    left join {{ ref('stg_linear__identities') }} as identities on entries.identifier = identities.identifier
    qualify row_number() over (
        partition by coalesce(entries.issue_id, identities.issue_id, entries.identifier)
        order by
            coalesce(entries.updated_at, entries.extracted_at) desc, entries.extracted_at desc,
            entries.state_type nulls last, entries.identifier
    ) = 1
),

former as (
    select
        identities.issue_id,
        {{ sorted_list_of('identities.identifier') }} as former_keys
    from {{ ref('stg_linear__identities') }} as identities
    inner join last_rows on identities.issue_id = last_rows.id
    where identities.identifier <> last_rows.identifier
    group by identities.issue_id
)

select
    -- An export does not name its workspace.
    'linear' as site,
    cast(null as string) as repository_key,
    issues.id as issue_id,
    cast(null as bigint) as issue_number,
    issues.identifier as issue_key,
    coalesce(former.former_keys, {{ empty_list() }}) as former_keys,
    {{ dbt.split_part('issues.identifier', "'-'", 1) }} as project,
    issues.title_key,
    cast(null as string) as issue_type,
    issues.labels,
    issues.parent_identifier is not null as is_subtask,
    false as is_container,
    issues.parent_identifier as parent_key,
    case
        when issues.state_type is not null then issues.state_type in ('completed', 'canceled', 'duplicate')
        else issues.completed_at is not null or issues.canceled_at is not null
    end as is_done,
    case
        when issues.state_type = 'duplicate' or issues.duplicate_of is not null then 'duplicate'
        when issues.state_type = 'canceled' or (issues.state_type is null and issues.canceled_at is not null)
            then 'canceled'
    end as resolution,
    issues.assignee_key,
    issues.creator_key as author_key,
    false as is_bot,
    issues.created_at,
    coalesce(issues.completed_at, issues.canceled_at) as resolved_at,
    cast(null as timestamp) as status_changed_at,
    coalesce(issues.updated_at, issues.extracted_at) as known_at
from last_rows as issues
left join former on issues.id = former.issue_id
