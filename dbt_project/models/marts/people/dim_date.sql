-- Every day from the first on which anything happened to the last.
with happened as (
    select usage_date as day from {{ ref('fct_usage') }}
    union
    select cast(opened_at as date) from {{ ref('fct_outcomes') }}
    union
    select cast(shipped_at as date) from {{ ref('fct_outcomes') }}
),

ends as (
    select
        min(day) as first_day,
        max(day) as last_day
    from happened
    where day is not null
),

days as (
    {{ days_between('ends.first_day', 'ends.last_day') }} from ends where ends.first_day is not null
)

select
    date_day,
    cast({{ dbt.date_trunc('week', 'date_day') }} as date) as week_start,
    cast({{ dbt.date_trunc('month', 'date_day') }} as date) as month_start
from days
