-- Steps of the counters of a rollout: what was used between a count and the one before it. Counts are cumulative; one
-- that stands again says nothing new, and one that is smaller than the one before begins anew at nothing.
-- A fork that does not repeat its parent's counts begins where the parent stood: its first step is its last request.
{% set counters = [
    'input_tokens', 'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens', 'reasoning_output_tokens'
] %}
with counts as (
    select
        load_id,
        file_key,
        account_key,
        rollout,
        model,
        occurred_at,
        {% for counter in counters %}
        coalesce(total_{{ counter }}, 0) as total_{{ counter }},
        coalesce(last_{{ counter }}, 0) as last_{{ counter }},
        {% endfor %}
        coalesce(total_input_tokens, 0) + coalesce(total_output_tokens, 0) as total_tokens,
        last_input_tokens is not null as has_last
    from ({{ current_rows('codex_token_counts') }}) as current_counts
),

compared as (
    select
        *,
        {% for counter in counters %}
        lag(total_{{ counter }}) over (
            partition by file_key order by occurred_at, total_tokens
        ) as before_{{ counter }},
        {% endfor %}
        lag(total_tokens) over (partition by file_key order by occurred_at, total_tokens) as before_tokens
    from counts
),

counted as (
    select
        compared.*,
        coalesce(sessions.session_id, compared.rollout) as session_id,
        coalesce(sessions.family_id, compared.rollout) as family_id,
        sessions.branch_key,
        sessions.repository_key,
        sessions.folder_key,
        sum(case when compared.total_tokens < compared.before_tokens then 1 else 0 end) over (
            partition by compared.file_key
            order by compared.occurred_at, compared.total_tokens
            rows between unbounded preceding and current row
        ) as resets,
        case
            when compared.before_tokens is null and sessions.parent_session_id is not null and compared.has_last
                then 'last'
            when compared.before_tokens is null or compared.total_tokens < compared.before_tokens then 'total'
            else 'difference'
        end as step
    from compared
    left join {{ ref('stg_codex__sessions') }} as sessions on compared.file_key = sessions.file_key
)

select
    load_id,
    file_key,
    account_key,
    session_id,
    branch_key,
    repository_key,
    folder_key,
    model,
    occurred_at,
    -- The same in every copy of a count, whichever fork holds it and at whatever time.
    {{ key_of([
        'family_id', 'resets', 'total_input_tokens', 'total_cached_input_tokens', 'total_output_tokens',
        'total_reasoning_output_tokens'
    ]) }} as count_id,
    {% for counter in counters %}
    case step
        when 'last' then last_{{ counter }}
        when 'total' then total_{{ counter }}
        else greatest(total_{{ counter }} - before_{{ counter }}, 0)
    end as {{ counter }},
    {% endfor %}
    last_input_tokens + last_output_tokens as last_tokens
from counted
where before_tokens is null or total_tokens <> before_tokens
