-- One row an issue, by the id that stays when its key changes, as the last export has it.
with last_rows as (
    select
        *,
        coalesce(updated_at, extracted_at) as known_at
    from ({{ current_rows('jira_issues') }}) as entries
    qualify row_number() over (
        partition by site, issue_id
        order by
            coalesce(updated_at, extracted_at) desc, extracted_at desc, status_id nulls last, issue_key, assignee_key
    ) = 1
),

former as (
    select
        keys.site,
        keys.issue_id,
        {{ sorted_list_of('keys.issue_key') }} as former_keys
    from {{ ref('stg_jira__keys') }} as keys
    inner join last_rows on keys.site = last_rows.site and keys.issue_id = last_rows.issue_id
    where keys.issue_key <> last_rows.issue_key
    group by keys.site, keys.issue_id
)

select
    issues.site,
    cast(null as string) as repository_key,
    issues.issue_id,
    cast(null as bigint) as issue_number,
    issues.issue_key,
    coalesce(former.former_keys, {{ empty_list() }}) as former_keys,
    coalesce(issues.project_key, {{ dbt.split_part('issues.issue_key', "'-'", 1) }}) as project,
    issues.title_key,
    issues.issue_type,
    issues.labels,
    coalesce(issues.is_subtask, false) as is_subtask,
    -- Epics, and what stands above them.
    coalesce(try_cast(issues.hierarchy_level as integer) > 0, false)
    or coalesce(lower(issues.issue_type) = 'epic', false) as is_container,
    -- Before 2023 the epic stood in a custom field, if anywhere.
    coalesce(issues.parent_key, issues.epic_key, custom.epic_key) as parent_key,
    custom.story_points,
    issues.status_id,
    issues.status_name,
    issues.status_category,
    -- Some CSV exports do not say.
    issues.status_category = 'done' as is_done,
    issues.resolution,
    issues.assignee_key,
    issues.reporter_key as author_key,
    false as is_bot,
    issues.created_at,
    issues.resolved_at,
    issues.status_changed_at,
    -- Up to when this row tells the issue's life.
    issues.known_at
from last_rows as issues
left join former on issues.site = former.site and issues.issue_id = former.issue_id
left join {{ ref('stg_jira__custom_values') }} as custom
    on issues.site = custom.site and issues.issue_id = custom.issue_id
