-- Lines that an author took away from what the same author had added to the file within three weeks.
with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(rewritten_lines) as amount,
        sum(added_lines) as base,
        sum(case when rewritten_lines > 0.3 * lines / 2 then tokens else 0 end) as tokens,
        sum(case when rewritten_lines > 0.3 * lines / 2 then cost_usd else 0 end) as cost_usd
    from {{ ref('int_signal_changes') }}
    where is_shipped and added_lines > 0
    group by person_key, week_start
),

{{ compared('weeks', prior=150, floor=0.12, days=35, sustained=false) }}

select
    {{ signal_columns('rework') }},
    {{ dbt.concat([
        percent('observed'), "' of the lines written replace lines that the same author wrote within three weeks; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Work in progress on a trunk, where early versions are shipped behind a switch.') }} as benign_explanation
from compared
where amount > 0
