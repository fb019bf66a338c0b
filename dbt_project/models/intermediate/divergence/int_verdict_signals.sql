-- Signals of a team's people in the six weeks up to a verdict, and the benign explanations that fit them best.
select
    verdicts.team_id,
    verdicts.week_start,
    signals.signal,
    signals.benign_explanation
from {{ ref('int_verdicts') }} as verdicts
inner join {{ ref('int_team_week_members') }} as members
    on verdicts.team_id = members.team_id and verdicts.week_start = members.week_start
inner join {{ ref('fct_signals') }} as signals
    on
        members.person_key = signals.person_key
        and verdicts.week_start >= signals.week_start
        and {{ dbt.dateadd('week', -6, 'verdicts.week_start') }} < signals.week_start
where signals.score >= 0.5
group by verdicts.team_id, verdicts.week_start, signals.signal, signals.benign_explanation
