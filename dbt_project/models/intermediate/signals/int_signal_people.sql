-- Every week of everybody of whom signals speak, with whom they compare: people who ship changes, people who do
-- not, and programs. A program never opened, reviewed or shipped anything, and no tool that people sit at is its.
with worked as (
    select
        person_key,
        min(cast(shipped_at as date)) as first_shipped_on
    from {{ ref('int_outcomes') }}
    where person_key is not null and not is_bot
    group by person_key
),

reviewed as (
    select distinct person_key from {{ ref('int_reviews') }} where person_key is not null
),

interactive as (
    select distinct tool from {{ ref('tools') }}
),

used as (
    select
        sessions.person_key,
        min(sessions.week_start) as first_week,
        sum(case when interactive.tool is not null then sessions.requests else 0 end) as interactive_requests
    from {{ ref('int_signal_sessions') }} as sessions
    left join interactive on sessions.tool = interactive.tool
    group by sessions.person_key
),

weeks as (
    select person_key, week_start from {{ ref('int_signal_sessions') }}
    union
    select person_key, week_start from {{ ref('int_signal_changes') }}
    union
    select person_key, week_start from {{ ref('int_signal_issues') }}
    union
    select person_key, cast({{ dbt.date_trunc('week', 'usage_date') }} as date) from {{ ref('int_vendor_days') }}
),

described as (
    select
        weeks.person_key,
        weeks.week_start,
        least(
            coalesce(used.first_week, weeks.week_start), min(weeks.week_start) over (partition by weeks.person_key)
        ) as first_week,
        worked.person_key is null and reviewed.person_key is null and used.interactive_requests = 0 as is_program,
        coalesce(worked.first_shipped_on <= {{ dbt.dateadd('day', 6, 'weeks.week_start') }}, false) as ships
    from weeks
    left join used on weeks.person_key = used.person_key
    left join worked on weeks.person_key = worked.person_key
    left join reviewed on weeks.person_key = reviewed.person_key
)

select
    person_key,
    cast(week_start as date) as week_start,
    cast(first_week as date) as first_week,
    coalesce(is_program, false) as is_program,
    case
        when coalesce(is_program, false) then 'programs'
        when ships then 'people who ship'
        else 'people who do not ship'
    end as peer_group
from described
