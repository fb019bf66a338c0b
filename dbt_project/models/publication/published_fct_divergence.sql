-- Verdicts on teams whose week is told under their own name, and in which enough people were compared.
{{ config(alias='fct_divergence') }}

select
    verdicts.team_id,
    verdicts.week_start,
    verdicts.window_weeks,
    verdicts.verdict,
    verdicts.direction,
    verdicts.gap,
    verdicts.gap_low,
    verdicts.gap_high,
    verdicts.p_value,
    verdicts.q_value,
    verdicts.excess_cost_usd,
    verdicts.excess_cost_low_usd,
    verdicts.excess_cost_high_usd,
    case when verdicts.authors >= {{ var('min_group') }} then verdicts.outcomes end as outcomes,
    verdicts.reason,
    verdicts.signals,
    verdicts.benign_explanations
from {{ ref('fct_divergence') }} as verdicts
inner join {{ ref('int_team_week_spending') }} as weeks
    on verdicts.team_id = weeks.team_id and verdicts.week_start = weeks.week_start
where
    weeks.headcount >= {{ var('min_group') }}
    and weeks.people_active >= {{ var('min_group') }}
    -- A verdict for which too few could be compared says nothing of them but that.
    and (verdicts.people >= {{ var('min_group') }} or verdicts.gap is null)
