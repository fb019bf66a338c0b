-- Shipped changes that hold no line anybody wrote: empty commits, generated or locked files.
with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when rule = 'empty' then 1 else 0 end) as amount,
        count(*) as base,
        sum(case when rule = 'empty' then tokens else 0 end) as tokens,
        sum(case when rule = 'empty' then cost_usd else 0 end) as cost_usd
    from {{ ref('int_signal_changes') }}
    where is_shipped
    group by person_key, week_start
),

{{ compared('weeks', prior=4, floor=0.08, days=35, sustained=false) }}

select
    {{ signal_columns('empty_ship') }},
    {{ dbt.concat([
        percent('observed'), "' of shipped changes hold no line that anybody wrote; '", percent('expected'),
        "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Releases and deployments that are started by an empty commit.') }} as benign_explanation
from compared
where amount > 0
