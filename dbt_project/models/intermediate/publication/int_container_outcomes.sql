-- Outcomes of closed months whose fates are known, in containers, with what ties containers to each other: people
-- who shipped in several of them in a week.
with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
),

told as (
    select
        *,
        {{ key_of(['week_start', 'batch']) }} as week,
        value_is_told and value_units > 0 as is_priced,
        {{ key_of(['week_start', 'batch', 'published_team_id', 'value_is_told and value_units > 0']) }} as alike,
        -- Both a team's week and a container's month count it; else one of them alone does.
        is_shipped and is_counted and container is not null as is_in_both
    from {{ ref('int_outcomes_told') }}
    where is_shipped or is_counted
),

shared as (
    select * from told where is_in_both
),

-- Of a week in two months too few people may have shipped in both to hold it together.
torn as (
    {{ torn_weeks('shared', 'alike') }}
),

split as (
    select week
    from told
    group by week
    having count(distinct month_start) > 1
)

select
    told.container_type,
    told.container,
    told.month_start,
    told.person_key,
    told.outcome_id,
    told.is_priced,
    told.is_in_both,
    told.is_shipped,
    told.is_counted and told.container is not null as is_counted,
    told.value_is_told or not told.is_shipped as value_is_told,
    told.value_units,
    told.week,
    split.week is not null as is_split,
    told.published_team_id,
    told.published_team_id as team_part,
    {{ key_of(['told.month_start']) }} as scope,
    {{ key_of(['told.container', 'told.container_type']) }} as node,
    told.alike as along
from told
cross join last_export
left join torn on told.week = torn.week
left join split on told.week = split.week
left join {{ source('told', 'containers') }} as earlier
    on told.month_start = earlier.month_start and earlier.kind = 'shipped'
where
    torn.week is null
    and earlier.month_start is null
    and {{ dbt.dateadd(
        'day', 7 + var('survival_days'), dbt.date_trunc('week', dbt.last_day('told.month_start', 'month'))
    ) }} <= last_export.day
