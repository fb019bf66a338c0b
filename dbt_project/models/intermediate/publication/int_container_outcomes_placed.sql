-- Which containers' months of shipped work may be told for the first time: as for usage, containers that enough people
-- tie to the others. Where no team's week counts what a container ships, because its
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
)

select
    cells.*,
    tied.node is not null as node_is_tied,
    tied.node is not null or (alone.node is not null and cells.is_counted) as is_told
from {{ ref('int_container_outcomes') }} as cells
left join tied on cells.scope = tied.scope and cells.node = tied.node
left join alone on cells.scope = alone.scope and cells.node = alone.node
