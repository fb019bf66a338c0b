-- What could not be read, and why.
select
    loads.source,
    coalesce(names.name, loads.file_key) as file,
    quarantine.line,
    quarantine.reason,
    quarantine.excerpt
from {{ source('raw', 'quarantine') }} as quarantine
inner join {{ source('audit', 'loads') }} as loads on quarantine.load_id = loads.load_id
left join {{ ref('stg_names') }} as names on loads.file_key = names.name_key and names.kind = 'file'
where loads.superseded_at is null
