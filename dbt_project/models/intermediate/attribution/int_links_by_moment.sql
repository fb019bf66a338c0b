-- Each request belongs to the next moment of its session, and is shared by the changes of that moment.
-- What comes after the last one is nobody's here.
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
),

requests as (
    select requests.*
    from {{ ref('int_requests_to_link') }} as requests
    inner join parts on requests.made_of = parts.mark
    where requests.session_id in (select moments.session_id from {{ ref('int_session_moments') }} as moments)
),

timeline as (
    select
        session_id,
        request_number,
        occurred_at,
        made_of,
        cast(null as timestamp) as moment_at
    from requests
    union all
    select distinct session_id, cast(null as bigint), happened_at, cast(null as bigint), happened_at
    from {{ ref('int_session_moments') }}
    where session_id in (select requests.session_id from requests)
),

placed as (
    select
        session_id,
        request_number,
        made_of,
        -- The moment's own second is still before it.
        min(moment_at) over (
            partition by session_id order by occurred_at range between current row and unbounded following
        ) as moment_at
    from timeline
)

select
    placed.request_number,
    moments.outcome_id,
    moments.method,
    placed.made_of
from placed
inner join {{ ref('int_session_moments') }} as moments
    on placed.session_id = moments.session_id and placed.moment_at = moments.happened_at
where placed.request_number is not null
