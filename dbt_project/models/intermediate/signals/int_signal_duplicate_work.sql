{% set is_again -%}
    coalesce(least(first_input_tokens - size_before, coalesce(size_after - first_input_tokens, 1000000)) <= 12, false)
    or coalesce(size_after - first_input_tokens <= 12, false)
{%- endset %}

-- Sessions of a day that begin with the same prompt on the same branch: as many input tokens, give or take a few.
with neighbours as (
    select
        *,
        lag(first_input_tokens) over same_place as size_before,
        lead(first_input_tokens) over same_place as size_after
    from {{ ref('int_signal_sessions') }}
    where requests >= 2
    window same_place as (
        partition by
            {{ number_of(['person_key', 'cast(first_at as date)', 'model', 'repository_key', 'branch_key']) }}
        order by first_input_tokens
    )
),

weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when {{ is_again }} then requests else 0 end) as amount,
        sum(requests) as base,
        sum(case when {{ is_again }} then total_tokens else 0 end) as tokens,
        sum(case when {{ is_again }} then cost_usd else 0 end) as cost_usd
    from neighbours
    group by person_key, week_start
),

{{ compared('weeks', prior=60, floor=0.11) }}

select
    {{ signal_columns('duplicate_work') }},
    {{ dbt.concat([
        percent('observed'), "' of requests were in sessions that began with a prompt sent before on the same day; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Several attempts of which the best is kept, or one prompt for each of many files.') }}
        as benign_explanation
from compared
where amount > 0
