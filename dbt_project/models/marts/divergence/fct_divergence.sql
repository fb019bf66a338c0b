-- The verdict on a team as of the end of a week: has its usage grown away from its value? Later builds add weeks
-- and leave those that are there.
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

with signals as (
    select
        team_id,
        week_start,
        {{ sorted_list_of('signal') }} as signals
    from {{ ref('int_verdict_signals') }}
    group by team_id, week_start
),

explanations as (
    select
        team_id,
        week_start,
        {{ sorted_list_of('explanation') }} as benign_explanations
    from {{ ref('int_verdict_explanations') }}
    group by team_id, week_start
)

select
    verdicts.team_id,
    cast(verdicts.week_start as date) as week_start,
    cast({{ unless_nan('verdicts.window_weeks') }} as integer) as window_weeks,
    verdicts.verdict,
    nullif(verdicts.direction, '') as direction,
    {% for figure in ['gap', 'gap_low', 'gap_high', 'p_value', 'q_value'] %}
    {{ unless_nan('verdicts.' ~ figure) }} as {{ figure }},
    {% endfor %}
    {% for amount in ['excess_cost_usd', 'excess_cost_low_usd', 'excess_cost_high_usd'] %}
    cast({{ unless_nan('verdicts.' ~ amount) }} as decimal(20, 10)) as {{ amount }},
    {% endfor %}
    verdicts.outcomes,
    verdicts.authors,
    verdicts.people,
    case verdicts.why
        when 'divergent' then {{ dbt.concat([
            "'Over the last '", "cast(cast(verdicts.window_weeks as integer) as string)",
            "' weeks usage grew '", "cast(cast(exp(verdicts.gap) as decimal(10, 1)) as string)",
            "' times as much as value, against the past of the team''s own people and the organisation''s movement.'",
        ]) }}
        when 'consistent' then 'Usage and value moved together, as far as chance lets one see.'
        when 'no_tracker' then 'No outcome of the organisation is known: nothing says what usage was for.'
        when 'few_weeks' then 'Fewer than eight weeks are known: there is no past to compare with.'
        when 'few_outcomes' then 'Fewer than five outcomes of the team are known: its value cannot be measured.'
        when 'few_people' then 'Fewer than two of its people have a past and a present to compare.'
        when 'wide' then 'The gap is not known to within a factor of three either way.'
    end as reason,
    coalesce(signals.signals, {{ empty_list() }}) as signals,
    coalesce(explanations.benign_explanations, {{ empty_list() }}) as benign_explanations
from {{ ref('int_verdicts') }} as verdicts
left join signals on verdicts.team_id = signals.team_id and verdicts.week_start = signals.week_start
left join explanations on verdicts.team_id = explanations.team_id and verdicts.week_start = explanations.week_start
{% if is_incremental() %}
where verdicts.week_start > (select coalesce(max(week_start), cast('1900-01-01' as date)) from {{ this }})
{% endif %}
