-- Use outside a person's day and on weekends. Nobody says where people live, so that a person's day is the twelve
-- hours in which they were at work on most days, and the weekend begins and ends with it.
with by_hour as (
    select
        person_key,
        hour_of_day,
        count(*) as days
    from {{ ref('int_signal_hours') }}
    group by person_key, hour_of_day
),

two_days as (
    select person_key, hour_of_day, days from by_hour
    union all
    select person_key, hour_of_day + 24, days from by_hour
),

twelve_hours as (
    select
        person_key,
        hour_of_day,
        sum(days) over (
            partition by person_key order by hour_of_day range between current row and 11 following
        ) as days
    from two_days
),

mornings as (
    select
        person_key,
        min_by(hour_of_day, hour_of_day - 100 * days) as begins
    from twelve_hours
    where hour_of_day < 24
    group by person_key
),

shifted as (
    select
        hours.*,
        mod(hours.hour_of_day - mornings.begins + 24, 24) as hours_into_day,
        -- 1 January 2000 was a Saturday.
        mod(
            {{ day_number('hours.usage_date') }}
            - case when hours.hour_of_day < mornings.begins then 1 else 0 end, 7
        ) as day_of_week
    from {{ ref('int_signal_hours') }} as hours
    inner join mornings on hours.person_key = mornings.person_key
),

placed as (
    select
        *,
        hours_into_day >= 12 or day_of_week in (0, 1) as is_off
    from shifted
),

weeks as (
    select
        person_key,
        max(team_id) as team_id,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        sum(case when is_off then requests else 0 end) as amount,
        sum(requests) as base,
        sum(case when is_off then total_tokens else 0 end) as tokens,
        sum(case when is_off then cost_usd else 0 end) as cost_usd
    from placed
    group by person_key, cast({{ dbt.date_trunc('week', 'usage_date') }} as date)
),

{{ compared('weeks', prior=60, floor=0.105, days=28) }}

select
    {{ signal_columns('round_the_clock') }},
    {{ dbt.concat([
        percent('observed'), "' of requests fell outside the usual twelve hours or on a weekend; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Somebody who travels, or whose agents were asked to work overnight.') }} as benign_explanation
from compared
where amount > 0
