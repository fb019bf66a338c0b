-- Changes that people closed, in the week in which they did, with what signals ask of them. What an author wrote
-- in a file within three weeks before is the author's recent work there.
with sizes as (
    select
        outcome_id,
        rule
    from {{ ref('int_change_sizes') }}
),

closed as (
    select
        outcomes.outcome_id,
        outcomes.person_key,
        outcomes.team_id,
        outcomes.repository_key,
        outcomes.tracker,
        outcomes.opened_at,
        coalesce(outcomes.shipped_at, outcomes.abandoned_at) as closed_at,
        outcomes.shipped_at is not null as is_shipped,
        sizes.rule
    from {{ ref('int_outcomes') }} as outcomes
    left join sizes on outcomes.outcome_id = sizes.outcome_id
    where
        outcomes.outcome_type = 'change' and not outcomes.is_bot and outcomes.person_key is not null
        and coalesce(outcomes.shipped_at, outcomes.abandoned_at) is not null
        -- A revert only takes back; it is nobody's empty or trivial change.
        and (outcomes.shipped_at is null or sizes.outcome_id is not null)
),

files as (
    select
        closed.outcome_id,
        closed.closed_at,
        lines.added_lines,
        lines.deleted_lines,
        lag(closed.closed_at) over earlier as before_at,
        lag(lines.added_lines) over earlier as added_before
    from closed
    inner join {{ ref('int_change_lines') }} as lines on closed.outcome_id = lines.outcome_id
    where closed.is_shipped and lines.path_key is not null
    window earlier as (
        partition by closed.person_key, closed.repository_key, lines.path_key
        order by closed.closed_at, closed.outcome_id
    )
),

judged as (
    select
        *,
        added_lines + deleted_lines as lines,
        {{ seconds_between('before_at', 'closed_at') }} <= 2 * 86400 as follows,
        {{ seconds_between('before_at', 'closed_at') }} <= 21 * 86400
        and deleted_lines >= 0.6 * added_lines as rewrites
    from files
),

told as (
    select
        outcome_id,
        {{ exact_sum('lines') }} as lines,
        {{ exact_sum('added_lines') }} as added_lines,
        {{ exact_sum('case when follows then lines else 0 end') }} as followed_lines,
        {{ exact_sum('case when rewrites then least(deleted_lines, added_before) else 0 end') }} as rewritten_lines
    from judged
    group by outcome_id
),

costs as (
    select
        outcome_id,
        cast(sum(tokens) as bigint) as tokens,
        cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
    from {{ ref('fct_attribution') }}
    where outcome_id is not null
    group by outcome_id
)

select
    closed.*,
    cast({{ dbt.date_trunc('week', 'closed.closed_at') }} as date) as week_start,
    coalesce(told.lines, 0) as lines,
    coalesce(told.added_lines, 0) as added_lines,
    coalesce(told.followed_lines, 0) as followed_lines,
    coalesce(told.rewritten_lines, 0) as rewritten_lines,
    coalesce(costs.tokens, 0) as tokens,
    coalesce(costs.cost_usd, 0) as cost_usd
from closed
left join told on closed.outcome_id = told.outcome_id
left join costs on closed.outcome_id = costs.outcome_id
