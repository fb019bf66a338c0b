-- Which repository a folder belongs to: that of the longest alias which is the folder itself or one
-- that it lies in, as worktrees and sub-folders do; else that of an alias which is the bare name of
-- one of those folders.
with paths as (
    select
        name_key as folder_key,
        -- Windows writes its folders with the other slash.
        rtrim(replace(name, chr(92), '/'), '/') as folder
    from {{ ref('stg_names') }}
    where kind = 'path'
),

aliases as (
    select distinct
        paths.folder,
        repositories.known_as_key as repository_key
    from {{ ref('stg_repositories__aliases') }} as aliases
    inner join paths on aliases.folder_key = paths.folder_key
    inner join {{ ref('int_repositories') }} as repositories on aliases.repository_key = repositories.repository_key
),

folders as (
    -- Paths of files in commits are many, and nobody works in them.
    select distinct
        paths.folder_key,
        paths.folder
    from {{ ref('int_usage_circumstances') }} as circumstances
    inner join paths on circumstances.folder_key = paths.folder_key
),

containing as (
    {% for depth in range(1, 17) %}
    select
        folder_key,
        {{ first_parts('folder', '/', depth) }} as path,
        {{ dbt.split_part('folder', "'/'", depth) }} as bare_name,
        {{ depth }} as depth
    from folders
    where {{ occurrences('folder', '/') }} >= {{ depth - 1 }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

found as (
    select containing.folder_key, aliases.repository_key, 1 as kind_rank, containing.depth
    from containing
    inner join aliases on containing.path = aliases.folder
    union all
    select containing.folder_key, aliases.repository_key, 2, containing.depth
    from containing
    inner join aliases on containing.bare_name = aliases.folder
)

select
    folder_key,
    repository_key
from found
qualify row_number() over (partition by folder_key order by kind_rank, depth desc, repository_key) = 1
