-- Each request belongs to the next moment of its session, and is shared by the changes of that moment.
-- What comes after the last one is nobody's here.
with timeline as (
    select
        session_id,
        request_key,
        occurred_at,
        cast(null as timestamp) as moment_at
    from {{ ref('int_session_requests') }}
    union all
    select distinct session_id, cast(null as string), happened_at, happened_at from {{ ref('int_session_moments') }}
),

placed as (
    select
        session_id,
        request_key,
        -- The moment's own second is still before it.
        min(moment_at) over (
            partition by session_id order by occurred_at range between current row and unbounded following
        ) as moment_at
    from timeline
)

select
    placed.request_key,
    moments.outcome_id,
    moments.method
from placed
inner join {{ ref('int_session_moments') }} as moments
    on placed.session_id = moments.session_id and placed.moment_at = moments.happened_at
where placed.request_key is not null
