-- Short sessions that follow upon one another on the same branch: one conversation, begun anew again and again.
with ordered as (
    select
        *,
        lag(last_at) over (
            partition by {{ number_of(['person_key', 'repository_key', 'branch_key']) }}
            order by first_at, session_number
        ) as before_at
    from {{ ref('int_signal_sessions') }}
),

marked as (
    select
        *,
        requests <= 5 and coalesce({{ seconds_between('before_at', 'first_at') }} between -60 and 900, false)
            as is_piece
    from ordered
),

weeks as (
    select
        person_key,
        max(team_id) as team_id,
        week_start,
        sum(case when is_piece then requests else 0 end) as amount,
        sum(requests) as base,
        sum(case when is_piece then total_tokens else 0 end) as tokens,
        sum(case when is_piece then cost_usd else 0 end) as cost_usd
    from marked
    group by person_key, week_start
),

{{ compared('weeks', prior=30, floor=0.055) }}

select
    {{ signal_columns('session_splitting') }},
    {{ dbt.concat([
        percent('observed'), "' of requests were in short sessions that each went on where the last had ended; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('A reviewer who asks short questions, or a tool that opens a session for each of them.') }}
        as benign_explanation
from compared
where amount > 0
