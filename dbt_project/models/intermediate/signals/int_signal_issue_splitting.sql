-- Issues that their closer opened, that lived less than a day, and of which several were closed within an hour:
-- pieces of one piece of work.
with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when is_own and lived_seconds < 86400 and closed_within_the_hour >= 2 then 1 else 0 end) as amount,
        count(*) as base,
        cast(0 as bigint) as tokens,
        cast(0 as decimal(20, 10)) as cost_usd
    from {{ ref('int_signal_issues') }}
    group by person_key, week_start
),

{{ compared('weeks', prior=4, floor=0.12, days=35, sustained=false) }}

select
    {{ signal_columns('issue_splitting') }},
    {{ dbt.concat([
        percent('observed'), "' of closed issues were opened by their closer hours before, and closed several at a time; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Checklists that are kept as issues, such as those of a release.') }} as benign_explanation
from compared
where amount > 0
