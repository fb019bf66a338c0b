-- Changes of an issue's status and resolution, each once, from whatever export holds it. A page of
-- the changelog names its issue by id or by key.
with changes as (
    select * from ({{ current_rows('jira_changes') }}) as entries
)

select distinct
    changes.site,
    coalesce(changes.issue_id, issues.issue_id) as issue_id,
    changes.history_id,
    changes.field,
    changes.from_id,
    changes.from_name,
    changes.to_id,
    changes.to_name,
    changes.changed_at
from changes
left join {{ ref('stg_jira__issues') }} as issues
    on changes.site = issues.site and changes.issue_id is null and changes.issue_key = issues.issue_key
where changes.issue_id is not null or issues.issue_id is not null
