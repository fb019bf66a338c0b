-- All that it depends on what can be told of containers' months, as one number: the usage that is told, which months
-- are over, and what was told of what they spent. While that is what it was when nothing could be told, nothing can be,
-- and the pieces of those months are not held against each other again with every build. A week counts to the month of
-- its Monday. Where usage of a week that reaches into the next month is told, the two months hang together, and such
-- months have one number. What is told of the weeks of a month that is not over changes none of them.
{% set said = [
    'usage_id', 'piece', 'batch', 'week_start', 'usage_date', 'person_key', 'published_team_id', 'team_part', 'tier',
    'tiers_are_told', 'is_priced', 'day_is_told', 'day_group', 'repository', 'project', 'piece_tokens', 'piece_cost_usd',
] %}

with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
),

used as (
    select
        cast({{ dbt.date_trunc('month', 'week_start') }} as date) as month_of_week,
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date) as month_start,
        {{ number_of(said) }} as part
    from {{ ref('int_usage_told') }}
),

months as (
    select
        month_of_week,
        month_start,
        {{ mark_of([], 'part') }} as mark
    from used
    group by month_of_week, month_start
),

told as (
    select
        month_start,
        count(*) as pieces
    from {{ source('told', 'containers') }}
    where kind = 'spent'
    group by month_start
),

over as (
    select
        months.month_of_week,
        max(case when months.month_start > months.month_of_week then 1 else 0 end) as reaches_on,
        {{ mark_of(['months.month_of_week'], number_of([
            'months.mark', 'coalesce(told.pieces, 0)',
            is_closed(dbt.last_day('months.month_start', 'month'), 'last_export.day'),
        ])) }} as mark
    from months
    cross join last_export
    left join told on months.month_start = told.month_start
    where {{ is_closed(dbt.last_day('months.month_of_week', 'month'), 'last_export.day') }}
    group by months.month_of_week
),

begun as (
    select
        *,
        case when lag(reaches_on) over (order by month_of_week) = 1 then 0 else 1 end as begins
    from over
),

runs as (
    select
        *,
        sum(begins) over (order by month_of_week) as run
    from begun
)

select
    month_of_week,
    {{ number_of([
        var('min_group') | string,
        'sum(cast(mark as ' ~ type_of_wide_sums() ~ ')) over (partition by run)',
    ]) }} as mark
from runs
