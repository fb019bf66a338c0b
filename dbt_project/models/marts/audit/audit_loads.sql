-- What was read of every file: lines = loaded + duplicates + ignored + quarantined.
select
    loads.source,
    coalesce(names.name, loads.file_key) as file,
    case when max(case when loads.status = 'refused' then 1 else 0 end) = 1 then 'refused' else 'loaded' end as status,
    max(loads.message) as message,
    max(loads.size_bytes) as size_bytes,
    cast(sum(loads.lines) as bigint) as lines,
    cast(sum(loads.loaded) as bigint) as loaded,
    cast(sum(loads.duplicates) as bigint) as duplicates,
    cast(sum(loads.ignored) as bigint) as ignored,
    cast(sum(loads.quarantined) as bigint) as quarantined,
    max(loads.extracted_at) as extracted_at,
    min(loads.first_seen_at) as first_seen_at
from {{ source('audit', 'loads') }} as loads
left join {{ ref('stg_names') }} as names on loads.file_key = names.name_key and names.kind = 'file'
where loads.superseded_at is null
group by loads.source, loads.file_key, coalesce(names.name, loads.file_key)
