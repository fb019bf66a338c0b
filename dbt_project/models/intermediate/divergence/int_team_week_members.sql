-- Who was in which team on the last day of each week that is over: a week's verdict waits until its exports can
-- hold all of it.
with exported as (
    select coalesce(max(extracted_at), cast('9999-12-31' as timestamp)) as up_to from {{ source('audit', 'loads') }}
),

used as (
    select cast({{ dbt.date_trunc('week', 'min(usage_date)') }} as date) as first_week from {{ ref('fct_usage') }}
),

weeks as (
    select
        days.week_start,
        {{ dbt.dateadd('day', 6, 'days.week_start') }} as last_day
    from {{ ref('dim_date') }} as days
    inner join used on days.week_start >= used.first_week
    group by days.week_start
    -- Somebody did something on its last workday.
    having max(days.date_day) >= {{ dbt.dateadd('day', 4, 'days.week_start') }}
)

select
    memberships.person_key,
    memberships.team_id,
    weeks.week_start
from weeks
inner join exported on {{ dbt.dateadd('day', 1, 'weeks.last_day') }} <= exported.up_to
inner join {{ ref('int_memberships') }} as memberships
    on weeks.last_day >= memberships.valid_from and weeks.last_day < memberships.valid_to
