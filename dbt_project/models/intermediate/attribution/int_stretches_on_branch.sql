-- Stretches on the branch of a change within the day before one of its moments, by the person of that
-- moment. They are joined by day: a person may stand on one branch for a year.
with moments as (
    select *, cast(happened_at as date) as day from {{ ref('int_commit_moments') }}
    union all
    select *, cast({{ dbt.dateadd('day', -1, 'happened_at') }} as date) from {{ ref('int_commit_moments') }}
),

-- A stretch ends with a pause of half an hour, so it was on all days from its first to its last.
stretches as (
    select
        stretches.*,
        cast(stretch_day_of.stretch_day as date) as day
    from {{ ref('int_session_stretches') }} as stretches
    {{ each_item(list_of_days('cast(from_at as date)', 'cast(to_at as date)'), 'stretch_day') }}
    where stretches.branch_key is not null
)

select distinct
    moments.repository_key,
    moments.sha,
    moments.outcome_id,
    moments.happened_at,
    moments.is_authored,
    stretches.session_id,
    stretches.stretch,
    branches.is_own,
    branches.is_learned,
    stretches.to_at
from moments
inner join {{ ref('int_commit_branches') }} as branches
    on
        moments.repository_key = branches.repository_key
        and moments.sha = branches.sha
        and (moments.is_authored or branches.is_own)
inner join stretches
    on
        moments.person_key = stretches.person_key
        and branches.branch_key = stretches.branch_key
        and moments.day = stretches.day
        and coalesce(stretches.repository_key, branches.branch_repository_key) = branches.branch_repository_key
        and moments.happened_at >= stretches.from_at
        and stretches.to_at >= {{ dbt.dateadd('hour', -24, 'moments.happened_at') }}
        and (stretches.next_from_at is null or moments.happened_at < stretches.next_from_at)
