-- Every repository that anything names, by the name it goes by now.
with named as (
    select name_key as repository_key from {{ ref('stg_names') }} where kind = 'container'
),

aliases as (
    select
        alias_key,
        min(repository_key) as repository_key
    from {{ ref('stg_repositories__aliases') }}
    where alias_key is not null
    group by alias_key
)

select
    named.repository_key,
    coalesce(aliases.repository_key, named.repository_key) as known_as_key,
    names.name as repository
from named
left join aliases on named.repository_key = aliases.alias_key
inner join {{ ref('stg_names') }} as names
    on coalesce(aliases.repository_key, named.repository_key) = names.name_key and names.kind = 'container'
