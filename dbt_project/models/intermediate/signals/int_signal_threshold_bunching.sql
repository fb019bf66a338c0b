{% set at_month_end = "extract(month from " ~ dbt.dateadd("day", 4, "usage_date") ~ ") <> extract(month from usage_date)" %}

-- Weeks that end on nearly the same amount, and months that are filled up in their last days. What people need
-- varies by a factor of two from week to week; what fills a quota does not. The unit of the quota is not known,
-- so that requests, tokens and output are all looked at, and the one that varies least counts.
with daily as (
    select
        person_key,
        max(team_id) as team_id,
        usage_date,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(output_tokens) as output_tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('fct_usage') }}
    where person_key is not null
    group by person_key, usage_date
),

weekly as (
    select
        person_key,
        max(team_id) as team_id,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(output_tokens) as output_tokens,
        sum(cost_usd) as cost_usd,
        sum(case when {{ at_month_end }} then requests else 0 end) as late_requests
    from daily
    group by person_key, cast({{ dbt.date_trunc('week', 'usage_date') }} as date)
),

ranges as (
    select
        *,
        count(*) over lately as weeks_seen,
        least(
            {% for unit in ['requests', 'total_tokens', 'output_tokens'] %}
            ln({{ quantile(unit, 0.7) }} over lately + 1) - ln({{ quantile(unit, 0.2) }} over lately + 1)
            {%- if not loop.last %},{% endif %}
            {% endfor %}
        ) as spread_of_weeks,
        sum(late_requests) over quarter / sum(requests) over quarter as late_share
    from weekly
    window
        lately as (
            partition by person_key order by {{ day_number('week_start') }} range between 48 preceding and current row
        ),
        quarter as (
            partition by person_key order by {{ day_number('week_start') }} range between 90 preceding and current row
        )
),

weeks as (
    select
        person_key,
        team_id,
        week_start,
        total_tokens as tokens,
        cost_usd,
        spread_of_weeks,
        late_share,
        case when weeks_seen >= 6 then greatest(0.5 - spread_of_weeks, 2 * (late_share - 0.25), 0) else 0 end as amount,
        1 as base
    from ranges
),

{{ compared('weeks', prior=0.5, floor=0.1, days=0, sustained=false) }}

select
    {{ signal_columns('threshold_bunching', 'spread_of_weeks', '0.7') }},
    {{ dbt.concat([
        "'Weeks end on nearly the same amount (most within '", percent('exp(spread_of_weeks) - 1'),
        "'), or months are filled up in their last days ('", percent('late_share'), "').'"
    ]) }} as explanation,
    {{ benign('A rhythm that the work itself has, such as a report that is due each month.') }} as benign_explanation
from compared
where amount > 0
