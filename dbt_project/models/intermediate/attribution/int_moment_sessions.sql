-- The session that a person used last before each moment, and where it stood: sessions run side by side,
-- and one window per person tells them apart. Whose no moment is known is not asked; numbers stand for texts, which
-- would be sorted with every request.
with people as (
    select distinct person_key from {{ ref('int_commit_moments') }}
),

moments as (
    select
        *,
        {{ number_of(['repository_key', 'sha', 'outcome_id', 'person_key', 'happened_at', 'is_authored']) }}
            as moment_number
    from {{ ref('int_commit_moments') }}
),

touched as (
    select
        {{ number_of(['requests.person_key']) }} as person_number,
        requests.occurred_at as happened_at,
        0 as is_moment,
        requests.request_number as place,
        {{ number_of(['requests.session_id']) }} as session_number,
        requests.stretch
    from {{ ref('int_session_requests') }} as requests
    inner join people on requests.person_key = people.person_key
    union all
    select distinct
        {{ number_of(['person_key']) }}, happened_at, 1, moment_number, cast(null as bigint), cast(null as bigint)
    from moments
    where person_key is not null
),

-- A request and the moments up to the next one have one number.
numbered as (
    select
        *,
        sum(1 - is_moment) over (
            partition by person_number order by happened_at, is_moment, place rows unbounded preceding
        ) as nth_request
    from touched
),

latest as (
    select
        is_moment,
        place as moment_number,
        max(session_number) over (partition by person_number, nth_request) as session_number,
        max(stretch) over (partition by person_number, nth_request) as stretch,
        min(happened_at) over (partition by person_number, nth_request) as last_used_at
    from numbered
    where nth_request > 0
)

select
    moments.repository_key,
    moments.sha,
    moments.outcome_id,
    moments.person_key,
    moments.happened_at,
    moments.is_authored,
    stretches.session_id,
    latest.last_used_at,
    stretches.branch_key,
    stretches.next_branch_key,
    stretches.next_from_at
from latest
inner join moments on latest.moment_number = moments.moment_number
inner join {{ ref('int_session_stretches') }} as stretches
    on latest.session_number = {{ number_of(['stretches.session_id']) }} and latest.stretch = stretches.stretch
where
    latest.is_moment = 1
    and coalesce(stretches.repository_key, moments.repository_key) = moments.repository_key
