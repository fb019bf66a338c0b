-- Requests of a session in which the tool noted one pull request and no other, by the pull request's own
-- author, wherever the session stood. It may have been looked at only, so this is one signal.
-- Requests are looked at again where what their links are made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_link_marks') }}"
    )
}}

with parts as (
    select mark
    from {{ ref('int_link_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
)

select
    requests.request_number,
    noted.outcome_id,
    'pull_request_noted' as method,
    requests.made_of
from {{ ref('int_requests_to_link') }} as requests
inner join parts on requests.made_of = parts.mark
inner join {{ ref('int_noted_pull_requests') }} as noted
    on requests.session_id = noted.session_id and requests.person_key = noted.person_key
where requests.occurred_at <= noted.to_at
