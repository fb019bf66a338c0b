-- The results of the last run of every suite of checks, without examples.
{{ config(alias='audit_checks', materialized='view') }}

select
    checked_at,
    suite,
    rule,
    sentence,
    severity,
    subject,
    outcome,
    observed,
    rows_checked
from {{ ref('audit_checks') }}
