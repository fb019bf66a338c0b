-- Changes of an issue's status and resolution, each once, from whatever export holds it. A page of
-- the changelog names its issue by id or by key, which may be an old one.
with changes as (
    select * from ({{ current_rows('jira_changes') }}) as entries
)

select distinct
    changes.site,
    coalesce(changes.issue_id, keys.issue_id) as issue_id,
    changes.history_id,
    changes.field,
    changes.from_id,
    changes.from_name,
    changes.to_id,
    changes.to_name,
    changes.changed_at
from changes
left join {{ ref('stg_jira__keys') }} as keys
    on changes.site = keys.site and case when changes.issue_id is null then changes.issue_key end = keys.issue_key
where changes.field in ('status', 'resolution') and (changes.issue_id is not null or keys.issue_id is not null)
