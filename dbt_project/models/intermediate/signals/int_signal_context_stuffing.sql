-- How much input every request carries, cached or not: its logarithm, so that one huge request does not decide.
with weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(log_input_sum) as amount,
        sum(requests) as base,
        sum(total_tokens) as tokens,
        sum(cost_usd) as cost_usd
    from {{ ref('int_signal_sessions') }}
    group by person_key, week_start
),

{{ compared('weeks', prior=60, floor=0.24, days=28, sustained=false, habit=0.8) }}

select
    {{ signal_columns('context_stuffing', 'exp(observed)', 'exp(expected)') }},
    {{ dbt.concat([
        "'A request carries '", one_decimal('exp(observed - expected)'),
        "' times the input that would be usual, and the answers are no longer for it.'"
    ]) }} as explanation,
    {{ benign('A migration, or a code base that has to be read as a whole.') }} as benign_explanation
from compared
where evidence > 0
