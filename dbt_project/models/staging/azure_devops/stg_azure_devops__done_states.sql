-- States in which a work item is done: those of the processes that come with Azure DevOps, and those of
-- one's own in which some work item stands that says when it was closed.
select distinct lower(state) as state
from ({{ current_rows('azure_devops_work_items') }}) as items
where closed_at is not null or lower(state) in ('closed', 'completed', 'done', 'removed')
