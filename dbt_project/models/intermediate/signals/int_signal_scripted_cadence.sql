-- Requests that come at even intervals: within a session, or from one session of a request or two to the next.
-- People think, read and are called away, so that their gaps spread over a factor of ten; a loop's do not.
with starts as (
    select
        person_key,
        team_id,
        week_start,
        cast(first_at as date) as day,
        requests,
        total_tokens,
        cost_usd,
        {{ seconds_between('lag(first_at) over (partition by person_key order by first_at)', 'first_at') }} as gap
    from {{ ref('int_signal_sessions') }}
    where requests <= 2
),

series as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(cost_usd) as cost_usd,
        count(gap) as gaps,
        ln({{ quantile('gap', 0.85) }} + 1) - ln({{ quantile('gap', 0.15) }} + 1) as gap_range
    from starts
    group by person_key, week_start, day
),

pieces as (
    select
        person_key,
        team_id,
        week_start,
        requests,
        total_tokens,
        cost_usd,
        (gaps >= 7 and gap_spread < 0.35) or (gaps >= 20 and gap_spread < 0.5) as is_even,
        1 as counts
    from {{ ref('int_signal_sessions') }}
    union all
    select person_key, team_id, week_start, requests, total_tokens, cost_usd, gaps >= 8 and gap_range < 0.7, 0
    from series
),

weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when is_even then requests else 0 end) as amount,
        sum(counts * requests) as base,
        sum(case when is_even then total_tokens else 0 end) as tokens,
        sum(case when is_even then cost_usd else 0 end) as cost_usd
    from pieces
    group by person_key, week_start
),

{{ compared('weeks', prior=40, floor=0.06) }}

select
    {{ signal_columns('scripted_cadence') }},
    {{ dbt.concat([
        percent('observed'), "' of requests came at even intervals, as a program sends them; '", percent('expected'),
        "' would be usual.'"
    ]) }} as explanation,
    {{ benign('A job that was agreed on, such as a nightly batch under the own account.') }} as benign_explanation
from compared
where amount > 0
