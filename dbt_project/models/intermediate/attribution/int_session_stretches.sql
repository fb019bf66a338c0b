-- Stretches of sessions: from when to when a session stood on a branch without a long pause, and where
-- it went next. A session is made anew when something that it is made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_session_marks') }}"
    )
}}

with sessions as (
    select mark
    from {{ ref('int_session_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

stretches as (
    select
        requests.session_id,
        requests.stretch,
        requests.made_of,
        max(requests.person_key) as person_key,
        max(requests.repository_key) as repository_key,
        max(requests.branch_key) as branch_key,
        min(requests.occurred_at) as from_at,
        max(requests.occurred_at) as to_at
    from {{ ref('int_session_requests') }} as requests
    inner join sessions on requests.made_of = sessions.mark
    group by requests.session_id, requests.stretch, requests.made_of
)

select
    *,
    lead(from_at) over (partition by session_id order by stretch) as next_from_at,
    lead(branch_key) over (partition by session_id order by stretch) as next_branch_key
from stretches
