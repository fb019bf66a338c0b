-- Deployments that succeeded, with what was deployed and where. Only a status says that one did; later it
-- may have become inactive.
with succeeded as (
    select
        repository_key,
        deployment_id,
        min(said_at) as deployed_at
    from ({{ current_rows('github_deployment_statuses') }}) as statuses
    where state = 'success'
    group by repository_key, deployment_id
)

select
    deployments.repository_key,
    cast(deployments.deployment_id as string) as deployment_id,
    deployments.sha,
    deployments.environment,
    deployments.is_production,
    succeeded.deployed_at
from ({{ current_rows('github_deployments') }}) as deployments
inner join succeeded
    on
        deployments.repository_key = succeeded.repository_key
        and deployments.deployment_id = succeeded.deployment_id
qualify row_number() over (
    partition by deployments.repository_key, deployments.deployment_id order by deployments.extracted_at desc
) = 1
