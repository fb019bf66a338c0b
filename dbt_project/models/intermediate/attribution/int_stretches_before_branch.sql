-- What was done on the default branch before the branch of a pull request was there, where nobody's commits of it were
-- exported: a stay there that its author's session left for the branch within four hours; else the author's last one
-- in the half hour before the pull request was opened, if no session of theirs stood on its branch until then.
with stretches as (
    select
        stretches.*,
        defaults.branch_key is not null as is_on_default
    from {{ ref('int_session_stretches') }} as stretches
    left join {{ ref('int_default_branches') }} as defaults
        on stretches.repository_key = defaults.repository_key and stretches.branch_key = defaults.branch_key
),

changes as (
    select
        changes.*,
        branches.repository_key as branch_repository_key,
        branches.branch_key
    from {{ ref('int_unexported_changes') }} as changes
    inner join {{ ref('int_change_branches') }} as branches on changes.outcome_id = branches.outcome_id
),

left_for_the_branch as (
    select
        stretches.session_id,
        stretches.stretch,
        changes.outcome_id,
        changes.created_at,
        1 as place
    from stretches
    inner join changes
        on
            stretches.person_key = changes.person_key
            and stretches.repository_key = changes.branch_repository_key
            and stretches.next_branch_key = changes.branch_key
            and stretches.next_from_at between
            {{ dbt.dateadd('day', -21, 'changes.created_at') }} and changes.ended_at
    where stretches.is_on_default and stretches.next_from_at <= {{ dbt.dateadd('hour', 4, 'stretches.to_at') }}
),

seen_on_branch as (
    select distinct changes.outcome_id
    from stretches
    inner join changes
        on
            stretches.person_key = changes.person_key
            and stretches.repository_key = changes.branch_repository_key
            and stretches.branch_key = changes.branch_key
            and stretches.from_at <= changes.created_at
),

-- They are joined by the hour.
by_hour as (
    select *, date_trunc('hour', created_at) as in_hour from {{ ref('int_unexported_changes') }}
    union
    select *, date_trunc('hour', {{ dbt.dateadd('minute', -30, 'created_at') }})
    from {{ ref('int_unexported_changes') }}
),

last_before as (
    select
        stretches.session_id,
        stretches.stretch,
        stretches.is_on_default,
        by_hour.outcome_id,
        by_hour.created_at,
        2 as place
    from by_hour
    inner join stretches
        on
            by_hour.person_key = stretches.person_key
            and by_hour.repository_key = stretches.repository_key
            and by_hour.in_hour = date_trunc('hour', stretches.to_at)
            and stretches.to_at between {{ dbt.dateadd('minute', -30, 'by_hour.created_at') }} and by_hour.created_at
    left join seen_on_branch on by_hour.outcome_id = seen_on_branch.outcome_id
    where seen_on_branch.outcome_id is null
    qualify row_number() over (
        partition by by_hour.outcome_id order by stretches.to_at desc, stretches.session_id
    ) = 1
)

select
    session_id,
    stretch,
    outcome_id
from (
    select session_id, stretch, outcome_id, created_at, place from left_for_the_branch
    union all
    select session_id, stretch, outcome_id, created_at, place from last_before where is_on_default
) as chosen
qualify row_number() over (partition by session_id, stretch order by place, created_at, outcome_id) = 1
