-- Requests that wrote their context to the cache anew although the one before, minutes ago and with the same
-- model, had just done so: what stands at the beginning of the prompt was changed.
with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(missed_requests) as amount,
        sum(cached_requests) as base,
        sum(missed_tokens) as tokens,
        sum(case when requests > 0 then cost_usd * missed_requests / requests end) as cost_usd
    from {{ ref('int_signal_sessions') }}
    where cached_requests > 0
    group by person_key, week_start
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
