-- Which days, tools and models of a group are told: first each by itself, then the rest of a day as one, as far
-- as enough people tie them to the others. What is left must come from enough people or from nobody, else no
-- day of the group's week is told: it is the week less its days.
with cells as (
    select
        *,
        model_node as node,
        true as is_named
    from {{ ref('int_usage_days_to_tell') }}
),

named as (
    {{ tied_nodes('cells') }}
),

merged as (
    select
        cells.usage_id,
        cells.piece,
        cells.person_key,
        cells.is_priced,
        cells.day_group,
        cells.month_start,
        cells.tool,
        cells.provider,
        cells.model,
        cells.scope,
        cells.week,
        cells.published_team_id,
        cells.team_part,
        cells.along,
        -- Both months of a week are looked at together.
        false as is_split,
        case when named.node is null then cells.day_node else cells.node end as node,
        named.node is not null as is_named
    from cells
    left join named on cells.scope = named.scope and cells.node = named.node
),

tied as (
    {{ tied_nodes('merged') }}
),

placed as (
    select
        merged.*,
        tied.node is not null as is_tied
    from merged
    left join tied on merged.scope = tied.scope and merged.node = tied.node
),

betraying as (
    {{ betraying_scopes('placed') }}
),

loose as (
    {{ loose_scopes('placed') }}
),

told as (
    select * from placed where is_tied
),

torn as (
    {{ torn_weeks('told', 'along') }}
),

untold as (
    select placed.week from placed inner join betraying on placed.scope = betraying.scope
    union
    select placed.week from placed inner join loose on placed.scope = loose.scope
    union
    select week from torn
)

select
    placed.usage_id,
    placed.piece,
    case when untold.week is null then placed.day_group end as day_group,
    placed.is_tied and untold.week is null as day_is_told,
    case when placed.is_named then placed.tool else '{{ var("others") }}' end as published_tool,
    case when placed.is_named then placed.provider else '{{ var("others") }}' end as published_provider,
    case when placed.is_named then placed.model else '{{ var("others") }}' end as published_model
from placed
left join untold on placed.week = untold.week
