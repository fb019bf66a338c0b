-- Every repository that anything names, with the name that `repositories.csv` leads to: aliases are
-- followed to their end, because an old name may have had an older one.
{{ config(materialized='view') }}

with recursive names as (
    select name_key as repository_key from {{ ref('stg_names') }} where kind = 'container'
),

aliases as (
    select
        alias_key,
        min(repository_key) as repository_key
    from {{ ref('stg_repositories__aliases') }}
    where alias_key is not null and alias_key <> repository_key
    group by alias_key
),

renamings as (
    select repository_key, repository_key as renamed_key, 0 as steps from names

    union all

    select
        renamings.repository_key,
        aliases.repository_key,
        renamings.steps + 1
    from renamings
    inner join aliases on renamings.renamed_key = aliases.alias_key
    -- Two names that are each other's alias would go on for ever.
    where renamings.steps < 8
)

select
    repository_key,
    renamed_key
from renamings
qualify row_number() over (partition by repository_key order by steps desc) = 1
