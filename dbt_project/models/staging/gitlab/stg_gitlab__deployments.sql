-- Deployments that succeeded, with what was deployed and where.
select
    repository_key,
    cast(deployment_id as string) as deployment_id,
    sha,
    environment,
    tier = 'production' as is_production,
    coalesce(finished_at, updated_at, created_at) as deployed_at
from ({{ current_rows('gitlab_deployments') }}) as deployments
where status = 'success'
qualify row_number() over (
    partition by repository_key, deployment_id order by coalesce(updated_at, extracted_at) desc, extracted_at desc, sha
) = 1
