-- The session that a person used last before each moment, and where it stood: sessions run side by side,
-- and one window per person tells them apart.
with touched as (
    select
        person_key, occurred_at as happened_at, 0 as is_moment, request_key as place, session_id, stretch,
        cast(null as string) as repository_key, cast(null as string) as sha, cast(null as string) as outcome_id,
        cast(null as boolean) as is_authored
    from {{ ref('int_session_requests') }}
    union all
    select
        person_key, happened_at, 1, sha, cast(null as string), cast(null as bigint), repository_key, sha, outcome_id,
        is_authored
    from {{ ref('int_commit_moments') }}
),

-- A request and the moments up to the next one have one number.
numbered as (
    select
        *,
        sum(1 - is_moment) over (
            partition by person_key order by happened_at, is_moment, place rows unbounded preceding
        ) as request_number
    from touched
    where person_key is not null
),

latest as (
    select
        repository_key,
        sha,
        outcome_id,
        person_key,
        happened_at,
        is_authored,
        is_moment,
        max(session_id) over (partition by person_key, request_number) as session_id,
        max(stretch) over (partition by person_key, request_number) as stretch,
        min(happened_at) over (partition by person_key, request_number) as last_used_at
    from numbered
    where request_number > 0
)

select
    latest.repository_key,
    latest.sha,
    latest.outcome_id,
    latest.person_key,
    latest.happened_at,
    latest.is_authored,
    latest.session_id,
    latest.last_used_at,
    stretches.branch_key,
    stretches.next_branch_key,
    stretches.next_from_at
from latest
inner join {{ ref('int_session_stretches') }} as stretches
    on latest.session_id = stretches.session_id and latest.stretch = stretches.stretch
where
    latest.is_moment = 1
    and coalesce(stretches.repository_key, latest.repository_key) = latest.repository_key
