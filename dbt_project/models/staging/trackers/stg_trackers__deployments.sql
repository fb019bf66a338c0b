-- Deployments of every tracker that succeeded, to whichever environment.
{{ of_every_tracker('deployments', '
        repository_key,
        deployment_id,
        sha,
        environment,
        is_production,
        deployed_at') }}
