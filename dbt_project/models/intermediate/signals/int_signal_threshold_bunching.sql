{% set four_days_on = dbt.dateadd("day", 4, "usage_date") %}
{% set at_month_end = "extract(month from " ~ four_days_on ~ ") <> extract(month from usage_date)" %}
{% set units = ['requests', 'total_tokens', 'output_tokens'] %}

-- Weeks that end on nearly the same amount, and months that are filled up in their last days. What people need
-- varies by a factor of two from week to week; what fills a quota does not. The unit of the quota is not known, so
-- that three are looked at. An amount is the same where its logarithm is, to a tenth, whichever way that is cut.
with daily as (
    select
        person_key,
        max(team_id) as team_id,
        usage_date,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date) as month_start,
        sum(cost_usd) as cost_usd,
        {% for unit in units %}
        sum({{ unit }}) as {{ unit }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('fct_usage') }}
    where person_key is not null
    group by person_key, usage_date
),

weekly as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        {{ day_number('week_start') }} as day_number,
        sum(cost_usd) as cost_usd,
        {% for unit in units %}
        sum({{ unit }}) as {{ unit }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from daily
    group by person_key, week_start
),

same as (
    select
        *,
        count(*) over (partition by person_key order by day_number range between 55 preceding and current row)
            as weeks_seen,
        greatest(
            {% for unit in units %}
            {% set last_of_unit = loop.last %}
            {% for offset in [0, 0.25, 0.5, 0.75] %}
            count(*) over (
                partition by person_key, floor(ln({{ unit }} + 1) * 10 + {{ offset }})
                order by day_number range between 55 preceding and current row
            ){% if not (last_of_unit and loop.last) %},{% endif %}
            {% endfor %}
            {% endfor %}
        ) as weeks_alike
    from weekly
),

months as (
    select
        person_key,
        month_start,
        max(case when {{ at_month_end }} then week_start end) as week_start,
        sum(case when {{ at_month_end }} then requests else 0 end) / (sum(requests) + 60) as late_share
    from daily
    group by person_key, month_start
    -- A month of which little is known has no end to be filled up.
    having count(*) >= 4 and min(extract(day from usage_date)) <= 15
),

-- Of one month nothing is said: the last days may be all that there was to do in it. One that was not filled up, such
-- as one of holidays, may lie between; of months that are further apart the one says nothing of the other.
month_ends as (
    select
        *,
        -- least() passes over NULL.
        case
            when max(late_share) over months_before is not null
                then least(late_share, max(late_share) over months_before)
        end as late_twice
    from months
    window
        months_before as (
            partition by person_key order by {{ month_number('month_start') }}
            range between 2 preceding and 1 preceding
        )
),

weeks as (
    select
        same.person_key,
        same.team_id,
        same.week_start,
        same.total_tokens as tokens,
        same.cost_usd,
        same.weeks_seen,
        same.weeks_alike,
        month_ends.late_twice,
        greatest(
            case when same.weeks_seen >= 5 then (same.weeks_alike - 1.0) / (same.weeks_seen + 3) - 0.2 else 0 end,
            coalesce(month_ends.late_twice - 0.38, 0), 0
        ) as amount,
        1 as base
    from same
    -- As long as other signals look back.
    left join month_ends
        on
            same.person_key = month_ends.person_key
            and same.week_start >= month_ends.week_start
            and same.week_start < {{ dbt.dateadd('day', 28, 'month_ends.week_start') }}
),

{{ compared('weeks', prior=0.1, floor=0.09, days=0, sustained=false, habit=0) }}

select
    {{ signal_columns('threshold_bunching', 'cast(weeks_alike as double) / weeks_seen', '0.1') }},
    case
        when coalesce(late_twice - 0.38, 0) >= amount
            then {{ dbt.concat([percent('late_twice'), "' of two months was used in their last four days.'"]) }}
        else {{ dbt.concat([
            "'Of the last '", "cast(weeks_seen as " ~ dbt.type_string() ~ ")", "' weeks '",
            "cast(weeks_alike as " ~ dbt.type_string() ~ ")", "' ended on nearly the same amount.'"
        ]) }}
    end as explanation,
    {{ benign('A rhythm that the work itself has, such as a report that is due each month.') }} as benign_explanation
from compared
where amount > 0
