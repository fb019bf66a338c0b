-- First commits of changes that no session on their branch explains, with the sessions of their author
-- that were in use in the hour before. They are joined by the hour.
with explained as (
    select distinct repository_key, sha from {{ ref('int_stretches_on_branch') }} where is_authored
),

firsts as (
    select moments.*
    from {{ ref('int_commit_moments') }} as moments
    left join explained on moments.repository_key = explained.repository_key and moments.sha = explained.sha
    where moments.is_authored and (moments.is_first or moments.is_first_own) and explained.sha is null
),

by_hour as (
    select *, date_trunc('hour', happened_at) as in_hour from firsts
    union all
    select *, date_trunc('hour', {{ dbt.dateadd('hour', -1, 'happened_at') }}) from firsts
),

near as (
    select
        by_hour.repository_key,
        by_hour.sha,
        by_hour.outcome_id,
        by_hour.happened_at,
        by_hour.is_first,
        requests.session_id,
        max(requests.stretch) as stretch,
        max(requests.occurred_at) as last_used_at
    from by_hour
    inner join {{ ref('int_session_requests') }} as requests
        on
            by_hour.person_key = requests.person_key
            and by_hour.in_hour = date_trunc('hour', requests.occurred_at)
            and by_hour.happened_at >= requests.occurred_at
            and requests.occurred_at >= {{ dbt.dateadd('hour', -1, 'by_hour.happened_at') }}
    group by
        by_hour.repository_key, by_hour.sha, by_hour.outcome_id, by_hour.happened_at, by_hour.is_first,
        requests.session_id
)

select
    near.repository_key,
    near.sha,
    near.outcome_id,
    near.happened_at,
    near.is_first,
    near.session_id,
    near.last_used_at,
    stretches.branch_key,
    stretches.next_branch_key,
    -- In use again within the hour, and where.
    near.happened_at < stretches.to_at
    or coalesce(stretches.next_from_at <= {{ dbt.dateadd('hour', 1, 'near.happened_at') }}, false) as goes_on,
    case
        when near.happened_at < stretches.to_at then stretches.branch_key
        when stretches.next_from_at <= {{ dbt.dateadd('hour', 1, 'near.happened_at') }} then stretches.next_branch_key
    end as goes_on_branch_key
from near
inner join {{ ref('int_session_stretches') }} as stretches
    on near.session_id = stretches.session_id and near.stretch = stretches.stretch
where coalesce(stretches.repository_key, near.repository_key) = near.repository_key
