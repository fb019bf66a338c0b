-- Totals that must agree: by how much they do not. The totals themselves are of all there is; less what is published
-- of teams, they would be what is withheld.
{{ config(alias='audit_reconciliation') }}

select
    reconciliation,
    unit,
    cast(null as decimal(38, 10)) as ours,
    cast(null as decimal(38, 10)) as theirs,
    difference
from {{ ref('audit_reconciliation') }}
where source is null
