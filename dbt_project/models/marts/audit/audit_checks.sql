-- The results of the last run of every check.
{{ config(materialized='view') }}

select
    run_id,
    checked_at,
    suite,
    rule,
    sentence,
    severity,
    subject,
    outcome,
    observed,
    rows_checked,
    example,
    detail
from {{ source('audit', 'checks') }}
qualify rank() over (partition by suite order by checked_at desc) = 1
