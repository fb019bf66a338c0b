-- Which repository a folder belongs to: that of the longest alias which is the folder itself or one
-- that it lies in, as worktrees and sub-folders do.
with folders as (
    select name_key as folder_key, rtrim(name, '/') as folder from {{ ref('stg_names') }} where kind = 'path'
),

aliases as (
    select distinct
        names.name as folder,
        aliases.repository_key
    from {{ ref('stg_repositories__aliases') }} as aliases
    inner join {{ ref('stg_names') }} as names on aliases.folder_key = names.name_key
    where names.name like '%/%'
),

containing as (
    {% for depth in range(2, 17) %}
    select
        folder_key,
        {{ first_parts('folder', '/', depth) }} as folder,
        {{ depth }} as depth
    from folders
    where {{ occurrences('folder', '/') }} >= {{ depth - 1 }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    containing.folder_key,
    aliases.repository_key
from containing
inner join aliases on containing.folder = aliases.folder
qualify row_number() over (
    partition by containing.folder_key order by containing.depth desc, aliases.repository_key
) = 1
