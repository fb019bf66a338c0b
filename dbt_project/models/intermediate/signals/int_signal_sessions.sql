-- Sessions in a week, with what signals ask of them: how even their pace is, what they sent first, and what was
-- written to the cache anew although it should still have been there. The one pass over requests that looks at
-- their order. Without an id, what an account did with a tool in a day is a session.
with steps as (
    select
        usage_id,
        person_key,
        team_id,
        coalesce(session_id, {{ key_of(['usage_date', 'person_key', 'tool']) }}) as session_key,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        tool,
        model,
        repository_key,
        branch_key,
        occurred_at,
        request_key,
        total_tokens,
        output_tokens,
        cache_read_tokens,
        total_tokens - output_tokens as input_tokens,
        cost_usd
    from {{ ref('int_usage_placed') }}
    where person_key is not null and not is_aggregate
),

ordered as (
    select
        *,
        row_number() over (partition by person_key, session_key order by occurred_at, request_key) as nth,
        lag(occurred_at) over (partition by person_key, session_key order by occurred_at, request_key) as before_at,
        lag(input_tokens) over (partition by person_key, session_key order by occurred_at, request_key)
            as input_before,
        lag(model) over (partition by person_key, session_key order by occurred_at, request_key) as model_before
    from steps
),

measured as (
    select
        *,
        case when nth > 1 then ln(greatest({{ seconds_between('before_at', 'occurred_at') }}, 0.5)) end as log_gap,
        -- Within five minutes, with the same model and no smaller context, the cache should have served.
        coalesce(
            model = model_before and input_before >= 2000 and input_tokens >= input_before
            and cache_read_tokens < 0.5 * input_before
            and {{ seconds_between('before_at', 'occurred_at') }} < 270,
            false
        ) as is_missed
    from ordered
)

select
    person_key,
    max(team_id) as team_id,
    session_key,
    week_start,
    -- The row of fct_usage that holds most of it.
    max_by(usage_id, total_tokens) as usage_id,
    max(tool) as tool,
    max_by(model, total_tokens) as model,
    max(repository_key) as repository_key,
    max(branch_key) as branch_key,
    min(occurred_at) as first_at,
    max(occurred_at) as last_at,
    count(*) as requests,
    cast(sum(total_tokens) as bigint) as total_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    cast(sum(cost_usd) as decimal(20, 10)) as cost_usd,
    max(case when nth = 1 then input_tokens end) as first_input_tokens,
    sum(ln(greatest(input_tokens, 1))) as log_input_sum,
    count(log_gap) as gaps,
    stddev_samp(log_gap) as gap_spread,
    cast(sum(input_tokens) as bigint) as input_tokens,
    cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
    sum(case when nth > 1 then 1 else 0 end) as later_requests,
    sum(case when is_missed then 1 else 0 end) as missed_requests,
    cast(sum(case when is_missed then input_tokens - cache_read_tokens else 0 end) as bigint) as missed_tokens
from measured
group by person_key, session_key, week_start
