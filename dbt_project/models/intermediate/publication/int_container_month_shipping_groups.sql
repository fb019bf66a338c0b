-- Under which row is published what was shipped in a container's month. Bots add nobody to the count, and
-- neither do outcomes of which nobody is known to be the author, or which the month does not count: the
-- authors of issues would hide that of a repository's changes only one person made any.
with people as (
    select distinct
        container,
        case tracker when 'jira' then 'project' else 'repository' end as container_type,
        cast({{ dbt.date_trunc('month', 'shipped_at') }} as date) as month_start,
        case
            when not is_bot and (outcome_type = 'change' or (tracker = 'jira' and carries_value)) then person_key
        end as person_key
    from {{ ref('fct_outcomes') }}
    where survival is not null and container is not null and outcome_type in ('change', 'issue')
)

select * from ({{ published_container_months('people') }}) as published
