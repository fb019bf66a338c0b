-- Deployments for users that succeeded, with the time up to which each contains what was on the default
-- branch: that of the commit which it names. One of a branch beside contains nothing of it.
with deployments as (
    select
        deployments.*,
        repositories.known_as_key,
        {{ dbt.concat(["' '", words_of('lower(deployments.environment)'), "' '"]) }} as environment_words
    from {{ ref('stg_trackers__deployments') }} as deployments
    inner join {{ ref('int_repositories') }} as repositories on deployments.repository_key = repositories.repository_key
)

select
    deployments.known_as_key as repository_key,
    deployments.deployment_id,
    deployments.sha,
    deployments.deployed_at,
    -- A tracker may note a merge a second later than the commit that it made.
    case when commits.on_default_branch then {{ dbt.dateadd('second', 5, 'commits.committed_at') }} end
        as contains_up_to
from deployments
left join {{ ref('int_commits') }} as commits
    on deployments.known_as_key = commits.repository_key and deployments.sha = commits.sha
where
    coalesce(
        deployments.is_production,
        (
            {% for name in var('production_environments') %}
            deployments.environment_words like '% {{ name }} %'{% if not loop.last %} or{% endif %}
            {% endfor %}
        )
        -- What is called so is what it is not.
        and not deployments.environment_words like '% pre %'
        and not deployments.environment_words like '% non %'
        and not deployments.environment_words like '% not %',
        false
    )
-- It may have been exported under an old name of the repository and a new one.
qualify row_number() over (
    partition by deployments.tracker, deployments.known_as_key, deployments.deployment_id
    order by deployments.deployed_at, deployments.repository_key
) = 1
