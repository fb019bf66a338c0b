-- Verdicts on teams whose week is told under their own name, and in which enough people were compared. Rounded: the
-- people who were compared are not those of the team's week, and exactly, both together would tell of the others.
{{ config(alias='fct_divergence') }}

select
    verdicts.team_id,
    verdicts.week_start,
    verdicts.window_weeks,
    verdicts.verdict,
    verdicts.direction,
    {% for figure in ['gap', 'gap_low', 'gap_high'] %}
    round(verdicts.{{ figure }}, 2) as {{ figure }},
    {% endfor %}
    {% for figure in ['p_value', 'q_value'] %}
    round(verdicts.{{ figure }}, 3) as {{ figure }},
    {% endfor %}
    {% for amount in ['excess_cost_usd', 'excess_cost_low_usd', 'excess_cost_high_usd'] %}
    cast({{ about('verdicts.' ~ amount, least=1) }} as decimal(20, 10)) as {{ amount }},
    {% endfor %}
    case
        when verdicts.authors >= {{ var('min_group') }} then cast({{ about('verdicts.outcomes') }} as bigint)
    end as outcomes,
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
