-- Requests that found their context gone from the cache although the one before, minutes ago and with the same
-- model, had just sent it: what stands at the beginning of the prompt was changed. Only of tools and models that are
-- served from a cache in other hands.
with caching as (
    select
        tool,
        model
    from {{ ref('int_signal_sessions') }}
    group by tool, model
    having sum(cache_read_tokens) > 0.2 * sum(input_tokens)
),

weeks as (
    select
        sessions.person_key,
        max(sessions.team_id) as team_id,
        sessions.week_start,
        sum(sessions.missed_requests) as amount,
        sum(sessions.later_requests) as base,
        sum(sessions.missed_tokens) as tokens,
        sum(sessions.cost_usd * sessions.missed_requests / sessions.requests) as cost_usd
    from {{ ref('int_signal_sessions') }} as sessions
    inner join caching on sessions.tool = caching.tool and sessions.model = caching.model
    where sessions.later_requests > 0
    group by sessions.person_key, sessions.week_start
),

{{ compared('weeks', prior=30, floor=0.03) }}

select
    {{ signal_columns('cache_busting') }},
    {{ dbt.concat([
        percent('observed'), "' of requests found their context gone from the cache within minutes; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('A tool whose new version writes the time, or its list of files, at the top of each prompt.') }}
        as benign_explanation
from compared
where amount > 0
