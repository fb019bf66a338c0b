-- Totals that must agree, set beside each other.
{{ config(alias='audit_reconciliation') }}

select
    reconciliation,
    unit,
    ours,
    theirs,
    difference
from {{ ref('audit_reconciliation') }}
where source is null
