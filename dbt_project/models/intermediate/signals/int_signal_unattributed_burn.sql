{% set unplaced = "usage.repository is null and not coalesce(linked.is_linked, false)" %}

-- Use that belongs to no repository, branch or outcome, and has grown against the person's own past. Looking
-- around is part of work; that it grows while the work does not is what is seen.
with linked as (
    select
        usage_id,
        sum(case when outcome_id is not null then tokens else 0 end) > 0 as is_linked
    from {{ ref('fct_attribution') }}
    group by usage_id
),

used as (
    select
        usage.person_key,
        max(usage.team_id) as team_id,
        cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date) as week_start,
        sum(usage.requests) as requests,
        sum(case when {{ unplaced }} then usage.requests else 0 end) as unplaced_requests,
        sum(case when {{ unplaced }} then usage.total_tokens else 0 end) as tokens,
        sum(case when {{ unplaced }} then usage.cost_usd else 0 end) as cost_usd
    from {{ ref('fct_usage') }} as usage
    left join linked on usage.usage_id = linked.usage_id
    where usage.person_key is not null
    group by usage.person_key, cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date)
),

lately as (
    select
        *,
        sum(requests) over six_weeks as all_lately,
        sum(unplaced_requests) over six_weeks as unplaced_lately,
        count(*) over six_weeks as weeks_lately
    from used
    window six_weeks as (
        partition by person_key order by {{ day_number('week_start') }} range between 35 preceding and current row
    )
),

weeks as (
    select
        *,
        -- How much, and how much of it unplaced: as logarithms, so that doubling weighs the same for everybody.
        ln(all_lately / weeks_lately + 5)
        + ln((unplaced_lately + 15.0) / (all_lately - unplaced_lately + 15)) as amount,
        1 as base
    from lately
),

{{ compared('weeks', prior=0.5, floor=0.6, days=0, gap=42, sustained=false, habit=0.9) }}

select
    {{ signal_columns('unattributed_burn', 'exp(observed)', 'exp(expected)') }},
    {{ dbt.concat([
        "'What belongs to no repository, branch or outcome has grown to '", one_decimal('exp(observed - expected)'),
        "' times of what would be usual beside the rest of the work.'"
    ]) }} as explanation,
    {{ benign('Research, or work in a place that no export covers.') }} as benign_explanation
from compared
where unplaced_requests > 0
