-- Changes most of whose lines are in files that their author shipped a change to within two days before, and that
-- do not just write them again.
{% set follows = 'followed_lines >= 0.5 * lines and lines > 3 * rewritten_lines' %}

with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when {{ follows }} then 1 else 0 end) as amount,
        count(*) as base,
        sum(case when {{ follows }} then tokens else 0 end) as tokens,
        sum(case when {{ follows }} then cost_usd else 0 end) as cost_usd
    from {{ ref('int_signal_changes') }}
    where is_shipped
    group by person_key, week_start
),

{{ compared('weeks', prior=3, floor=0.13, days=35, sustained=false) }}

select
    {{ signal_columns('change_splitting') }},
    {{ dbt.concat([
        percent('observed'), "' of changes went on, within two days, in files the author had just shipped; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('A migration in agreed small steps, or fixes after a release.') }} as benign_explanation
from compared
where amount > 0
