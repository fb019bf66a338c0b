-- Issues without any change behind them, of which three or more were closed within a quarter of an hour; of two, each
-- counts half. Those that their closer had just opened are another signal's.
with loose as (
    select
        *,
        changes = 0 and not (is_own and lived_seconds < 86400) as is_loose
    from {{ ref('int_signal_issues') }}
),

weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(
            case
                when is_loose and closed_together >= 3 then 1.0
                when is_loose and closed_together = 2 then 0.5
                else 0
            end
        ) as amount,
        count(*) as base,
        cast(0 as bigint) as tokens,
        cast(0 as decimal(20, 10)) as cost_usd
    from loose
    group by person_key, week_start
),

{{ compared('weeks', prior=4, floor=0.1, days=35, sustained=false) }}

select
    {{ signal_columns('bulk_closing') }},
    {{ dbt.concat([
        percent('observed'), "' of closed issues were closed many at a time with no work behind them; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('A board that was tidied up, or a release that closes what it brought.') }} as benign_explanation
from compared
where amount > 0
