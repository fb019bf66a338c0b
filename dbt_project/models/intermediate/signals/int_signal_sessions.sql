-- Sessions in a week, with what signals ask of them: how even their pace is, what they sent first, and what was
-- written to the cache anew although it should still have been there. The one pass over requests that looks at
-- their order; it carries numbers only, because texts would be sorted with them. Without an id, what an account did
-- with a tool in a day is a session. A session is made anew when something that it is made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_signal_session_marks') }}"
    )
}}

with sessions as (
    select
        session_number,
        mark
    from {{ ref('int_signal_session_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

keyed as (
    select
        placed.*,
        {{ signal_session('placed') }} as session_key,
        cast({{ dbt.date_trunc('week', 'placed.usage_date') }} as date) as week_start
    from {{ ref('int_circumstances_placed') }} as placed
    where placed.person_key is not null and not placed.is_aggregate
),

circumstances as (
    select
        keyed.*,
        sessions.session_number,
        sessions.mark as session_mark,
        case when keyed.model is not null then {{ number_of(['keyed.model']) }} end as model_number
    from keyed
    inner join sessions on {{ number_of(['keyed.person_key', 'keyed.session_key']) }} = sessions.session_number
),

steps as (
    select
        circumstances.session_number,
        circumstances.week_start,
        circumstances.model_number,
        priced.occurred_at,
        priced.request_number,
        priced.total_tokens,
        priced.output_tokens,
        priced.cache_read_tokens,
        priced.total_tokens - priced.output_tokens as input_tokens,
        priced.cost_units
    from {{ ref('int_usage_priced') }} as priced
    inner join circumstances
        on priced.circumstance_id = circumstances.circumstance_id and priced.usage_date = circumstances.usage_date
),

ordered as (
    select
        *,
        row_number() over ({{ in_session() }}) as nth,
        lag(occurred_at) over ({{ in_session() }}) as before_at,
        lag(input_tokens) over ({{ in_session() }}) as input_before,
        lag(model_number) over ({{ in_session() }}) as model_before
    from steps
),

measured as (
    select
        *,
        case when nth > 1 then ln(greatest({{ seconds_between('before_at', 'occurred_at') }}, 0.5)) end as log_gap,
        -- Within five minutes, with the same model and no smaller context, the cache should have served.
        coalesce(
            model_number = model_before and input_before >= 2000 and input_tokens >= input_before
            and 2 * cache_read_tokens < input_before
            and {{ seconds_between('before_at', 'occurred_at') }} < 270,
            false
        ) as is_missed
    from ordered
),

figures as (
    select
        session_number,
        week_start,
        min(occurred_at) as first_at,
        max(occurred_at) as last_at,
        count(*) as requests,
        cast(sum(total_tokens) as bigint) as total_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens,
        {{ in_dollars('sum(cost_units)') }} as cost_usd,
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
    group by session_number, week_start
),

largest as (
    select
        circumstance_id,
        usage_date,
        max(most_tokens) as total_tokens
    from {{ ref('int_usage_summed') }}
    group by circumstance_id, usage_date
),

-- Where two have as much, the same one has to come last in every build.
by_size as (
    select
        circumstances.*,
        row_number() over (
            partition by circumstances.session_number, circumstances.week_start
            order by largest.total_tokens, circumstances.usage_id, circumstances.model
        ) as place
    from circumstances
    inner join largest
        on circumstances.circumstance_id = largest.circumstance_id and circumstances.usage_date = largest.usage_date
),

names as (
    select
        session_number,
        week_start,
        max(session_mark) as made_of,
        max(person_key) as person_key,
        max(team_id) as team_id,
        max(session_key) as session_key,
        -- The row of fct_usage that holds most of it.
        max_by(usage_id, place) as usage_id,
        max(tool) as tool,
        max_by(model, place) as model,
        max(repository_key) as repository_key,
        max(branch_key) as branch_key
    from by_size
    group by session_number, week_start
)

select
    names.person_key,
    names.team_id,
    names.session_key,
    names.usage_id,
    names.tool,
    names.model,
    names.repository_key,
    names.branch_key,
    figures.*,
    names.made_of
from figures
inner join names on figures.session_number = names.session_number and figures.week_start = names.week_start
