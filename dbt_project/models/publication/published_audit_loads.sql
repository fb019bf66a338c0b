-- What was read, by source: a file may be one person's.
{{ config(alias='audit_loads') }}

select
    source,
    status,
    count(*) as files,
    cast(sum(lines) as bigint) as lines,
    cast(sum(loaded) as bigint) as loaded,
    cast(sum(duplicates) as bigint) as duplicates,
    cast(sum(ignored) as bigint) as ignored,
    cast(sum(quarantined) as bigint) as quarantined,
    max(extracted_at) as extracted_at
from {{ ref('audit_loads') }}
group by source, status
