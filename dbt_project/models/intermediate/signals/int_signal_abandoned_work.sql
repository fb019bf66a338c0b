-- Use on branches that came to nothing, in the week in which that was clear: when their change was given up, or
-- two weeks after anybody last worked on them without any change having shipped. Branches that shipped are
-- what they compare with.
with sessions as (
    select sessions.*
    from {{ ref('int_signal_sessions') }} as sessions
    left join {{ ref('int_default_branches') }} as defaults
        on sessions.repository_key = defaults.repository_key and sessions.branch_key = defaults.branch_key
    where sessions.branch_key is not null and defaults.branch_key is null
),

outcomes_of as (
    select
        sessions.person_key,
        sessions.repository_key,
        sessions.branch_key,
        max(outcomes.shipped_at) as shipped_at,
        max(outcomes.abandoned_at) as abandoned_at,
        max(case when outcomes.state = 'open' then 1 else 0 end) as is_open
    from sessions
    inner join {{ ref('fct_attribution') }} as ledger on sessions.usage_id = ledger.usage_id
    inner join {{ ref('int_outcomes') }} as outcomes on ledger.outcome_id = outcomes.outcome_id
    group by sessions.person_key, sessions.repository_key, sessions.branch_key
),

branches as (
    select
        sessions.person_key,
        max(sessions.team_id) as team_id,
        sessions.repository_key,
        sessions.branch_key,
        max(sessions.last_at) as last_at,
        sum(sessions.requests) as requests,
        sum(sessions.total_tokens) as total_tokens,
        sum(sessions.cost_usd) as cost_usd
    from sessions
    group by sessions.person_key, sessions.repository_key, sessions.branch_key
),

last_day as (
    select max(last_at) as as_of from branches
),

ended as (
    select
        branches.*,
        outcomes_of.shipped_at is null as is_thrown_away,
        case
            when outcomes_of.shipped_at is not null then greatest(outcomes_of.shipped_at, branches.last_at)
            when outcomes_of.abandoned_at is not null then greatest(outcomes_of.abandoned_at, branches.last_at)
            when coalesce(outcomes_of.is_open, 0) = 0 then {{ dbt.dateadd('day', 14, 'branches.last_at') }}
        end as ended_at
    from branches
    left join outcomes_of
        on
            branches.person_key = outcomes_of.person_key
            and branches.repository_key = outcomes_of.repository_key
            and branches.branch_key = outcomes_of.branch_key
),

weeks as (
    select
        ended.person_key,
        max(ended.team_id) as team_id,
        cast({{ dbt.date_trunc('week', 'ended.ended_at') }} as date) as week_start,
        sum(case when ended.is_thrown_away then ended.requests else 0 end) as amount,
        sum(ended.requests) as base,
        sum(case when ended.is_thrown_away then ended.total_tokens else 0 end) as tokens,
        sum(case when ended.is_thrown_away then ended.cost_usd else 0 end) as cost_usd
    from ended
    cross join last_day
    where ended.ended_at <= last_day.as_of
    group by ended.person_key, cast({{ dbt.date_trunc('week', 'ended.ended_at') }} as date)
),

{{ compared('weeks', prior=50, floor=0.16, days=35) }}

select
    {{ signal_columns('abandoned_work') }},
    {{ dbt.concat([
        percent('observed'), "' of what was spent on branches that ended went to branches that nobody merged; '",
        percent('expected'), "' would be usual.'"
    ]) }} as explanation,
    {{ benign('Research that was meant to be thrown away, or long work that is not finished yet.') }}
        as benign_explanation
from compared
where amount > 0
