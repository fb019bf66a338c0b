-- Pull requests that were closed without being merged.
with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when not is_shipped then 1 else 0 end) as amount,
        count(*) as base,
        sum(case when not is_shipped then tokens else 0 end) as tokens,
        sum(case when not is_shipped then cost_usd else 0 end) as cost_usd
    from {{ ref('int_signal_changes') }}
    where tracker <> 'git'
    group by person_key, week_start
),

{{ compared('weeks', prior=8, floor=0.1, days=35, sustained=false) }}

select
    {{ signal_columns('unmerged_changes') }},
    {{ dbt.concat([
        percent('observed'), "' of closed pull requests were not merged; '", percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Experiments that were meant to be shown, not merged.') }} as benign_explanation
from compared
where amount > 0
