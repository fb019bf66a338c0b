-- Changes of a line or three, which the value rules count as trivial; and those that stay just above.
with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(
            case when rule = 'trivial' then 1.0 when lines between 1 and 6 then 0.6 else 0 end
        ) as amount,
        count(*) as base,
        sum(case when rule = 'trivial' or lines between 1 and 6 then tokens else 0 end) as tokens,
        sum(case when rule = 'trivial' or lines between 1 and 6 then cost_usd else 0 end) as cost_usd
    from {{ ref('int_signal_changes') }}
    where is_shipped
    group by person_key, week_start
),

{{ compared('weeks', prior=4, floor=0.12, days=35) }}

select
    {{ signal_columns('trivial_changes') }},
    {{ dbt.concat([
        percent('observed'), "' of shipped changes are of a few lines; '", percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Switches and settings that are changed one at a time, as in an incident.') }} as benign_explanation
from compared
where amount > 0
