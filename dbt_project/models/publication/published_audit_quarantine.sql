-- What could not be read, by source and reason.
{{ config(alias='audit_quarantine') }}

select
    source,
    reason,
    count(*) as lines
from {{ ref('audit_quarantine') }}
group by source, reason
