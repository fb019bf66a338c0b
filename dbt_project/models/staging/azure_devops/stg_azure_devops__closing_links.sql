-- Pull requests that are linked to a work item.
select distinct
    pulls.repository_key,
    links.pull_request,
    cast(null as string) as issue_repository_key,
    cast(null as bigint) as issue_number,
    {{ dbt.concat(["'AB#'", 'cast(links.work_item as string)']) }} as issue_key
from ({{ current_rows('azure_devops_links') }}) as links
inner join {{ ref('stg_azure_devops__pull_requests') }} as pulls
    on links.organisation = pulls.organisation and links.pull_request = pulls.pull_request
