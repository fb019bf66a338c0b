-- Which containers' months may be told for the first time: containers that enough people tie to the others, then the
-- rest of them as one.
with cells as (
    select
        *,
        {{ key_of(['container']) }} as node,
        true as is_named
    from {{ ref('int_container_cells') }}
    where container is not null
),

named as (
    {{ tied_nodes('cells') }}
),

merged as (
    select
        all_cells.container_type,
        all_cells.month_start,
        all_cells.person_key,
        all_cells.is_priced,
        all_cells.tier,
        all_cells.tiers_are_told,
        all_cells.usage_id,
        all_cells.piece,
        all_cells.piece_tokens,
        all_cells.piece_cost_usd,
        all_cells.week,
        all_cells.is_split,
        all_cells.published_team_id,
        all_cells.team_part,
        all_cells.scope,
        all_cells.along,
        case when named.node is null then '{{ var("others") }}' else all_cells.container end as container,
        case
            when all_cells.container is not null then coalesce(named.node, {{ key_of(["'others'"]) }})
        end as node,
        named.node is not null as is_named
    from {{ ref('int_container_cells') }} as all_cells
    left join named on all_cells.scope = named.scope and {{ key_of(['all_cells.container']) }} = named.node
),

tying as (
    select * from merged where node is not null
),

tied as (
    {{ tied_nodes('tying') }}
)

select
    merged.*,
    tied.node is not null as is_tied
from merged
left join tied on merged.scope = tied.scope and merged.node = tied.node
