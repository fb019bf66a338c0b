-- Requests that work can meet and no tag names, with the mark of what their links are made of.
{{ config(materialized='view') }}

select
    requests.request_number,
    requests.session_id,
    requests.person_key,
    requests.repository_key,
    requests.branch_key,
    requests.occurred_at,
    requests.stretch,
    marks.mark as made_of
from {{ ref('int_session_requests') }} as requests
inner join {{ ref('int_link_marks') }} as marks
    on requests.circumstance_id = marks.circumstance_id and requests.usage_date = marks.usage_date
where not marks.is_tagged
