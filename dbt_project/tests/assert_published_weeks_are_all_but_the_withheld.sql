-- What is published of weeks is all that is told of them; and of usage that was never told before, all pieces that
-- the ledger has, or none.
with told as (
    select
        week_start,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(piece_cost_usd) as cost_usd,
        0 as outcomes_shipped
    from {{ ref('int_usage_told') }}
    group by week_start
    union all
    select
        week_start,
        0,
        0,
        0,
        count(case when is_shipped then 1 end)
    from {{ ref('int_outcomes_told') }}
    group by week_start
),

ours as (
    select
        week_start,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(cost_usd) as cost_usd,
        sum(outcomes_shipped) as outcomes_shipped
    from told
    group by week_start
),

published as (
    select
        week_start,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(cost_usd) as cost_usd,
        sum(outcomes_shipped) as outcomes_shipped
    from {{ ref('published_fct_team_week') }}
    -- What closed weeks are made of is not kept.
    where week_start >= {{ closed_before() }}
    group by week_start
),

broken as (
    select fresh.usage_id
    from {{ ref('int_usage_to_tell') }} as fresh
    inner join {{ ref('fct_usage') }} as usage on fresh.usage_id = usage.usage_id
    group by fresh.usage_id, usage.total_tokens, usage.cost_usd
    having
        sum(fresh.piece_tokens) <> usage.total_tokens
        or coalesce(sum(fresh.piece_cost_usd), 0) <> coalesce(usage.cost_usd, 0)
)

select
    cast(coalesce(ours.week_start, published.week_start) as {{ dbt.type_string() }}) as found,
    ours.total_tokens as ours,
    published.total_tokens as theirs
from ours
full outer join published on ours.week_start = published.week_start
where
    false
    {% for measure in ['requests', 'total_tokens', 'cost_usd', 'outcomes_shipped'] %}
    or coalesce(ours.{{ measure }}, 0) <> coalesce(published.{{ measure }}, 0)
    {% endfor %}

union all

select
    usage_id,
    0,
    0
from broken
