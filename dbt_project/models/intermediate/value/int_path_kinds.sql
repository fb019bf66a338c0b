-- Files whose lines nobody wrote, or that are worth nothing by themselves, by the patterns of a seed. Where
-- several match, the kind that says more counts: a requirements file is a manifest, not a text.
with files as (
    select distinct path_key from {{ ref('stg_git__commit_files') }}
),

paths as (
    select
        files.path_key,
        {{ dbt.concat(["'/'", 'lower(names.name)']) }} as path
    from files
    inner join {{ ref('stg_names') }} as names on files.path_key = names.name_key
    where names.kind = 'path'
)

select
    paths.path_key,
    kinds.kind
from paths
inner join {{ ref('path_kinds') }} as kinds on paths.path like kinds.pattern
qualify row_number() over (
    partition by paths.path_key
    order by
        case kinds.kind when 'manifest' then 2 when 'documentation' then 3 else 1 end,
        kinds.kind, kinds.pattern
) = 1
