-- What could not be read, by source and reason; roughly, as in audit_loads.
{{ config(alias='audit_quarantine') }}

select
    source,
    reason,
    cast({{ about('count(*)') }} as bigint) as lines
from {{ ref('audit_quarantine') }}
group by source, reason
