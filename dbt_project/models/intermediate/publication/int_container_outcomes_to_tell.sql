-- Which containers' months of shipped work are told for the first time, and who stands behind them: as for usage,
-- containers that enough people tie to the others. Where no team's week counts what a container ships, because its
-- value stands elsewhere, enough people are enough.
with cells as (
    select
        *,
        true as is_named
    from {{ ref('int_container_outcomes') }}
    where is_in_both
),

tied as (
    {{ tied_nodes('cells') }}
),

alone as (
    select
        scope,
        node
    from {{ ref('int_container_outcomes') }}
    where is_counted
    group by scope, node
    having count(case when is_in_both then 1 end) = 0 and count(distinct person_key) >= {{ var('min_group') }}
),

placed as (
    select
        cells.*,
        tied.node is not null as node_is_tied,
        tied.node is not null or (alone.node is not null and cells.is_counted) as is_told
    from {{ ref('int_container_outcomes') }} as cells
    left join tied on cells.scope = tied.scope and cells.node = tied.node
    left join alone on cells.scope = alone.scope and cells.node = alone.node
),

-- Of counts, what a team's week or a tied container's month has without the other; of value, what containers lack.
by_count as (
    select
        *,
        node_is_tied and is_in_both as is_tied
    from placed
    where is_shipped or node_is_tied
),

by_value as (
    select
        *,
        node_is_tied as is_tied
    from placed
    where is_shipped
),

betraying as (
    {{ betraying_scopes('by_count') }}
),

unvalued as (
    {{ betraying_scopes('by_value') }}
    union
    select scope
    from placed
    group by scope
    having min(case when value_is_told then 1 else 0 end) = 0
)

select
    placed.container_type,
    placed.container,
    placed.month_start,
    placed.person_key,
    placed.outcome_id,
    placed.is_counted,
    placed.node_is_tied and unvalued.scope is null as value_is_told,
    placed.value_units
from placed
left join betraying on placed.scope = betraying.scope
left join unvalued on placed.scope = unvalued.scope
where placed.is_told and placed.container is not null and betraying.scope is null
