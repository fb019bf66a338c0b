-- Requests by session and stretch, with whose they were and where.
{{ config(materialized='view') }}

select
    stretches.request_number,
    stretches.circumstance_id,
    circumstances.session_id,
    circumstances.person_key,
    circumstances.repository_key,
    circumstances.branch_key,
    stretches.usage_date,
    stretches.occurred_at,
    stretches.stretch,
    stretches.made_of
from {{ ref('int_request_stretches') }} as stretches
inner join {{ ref('int_session_circumstances') }} as circumstances
    on stretches.circumstance_id = circumstances.circumstance_id and stretches.usage_date = circumstances.usage_date
