-- In which months the cost of containers is told by evidence: where every team's week of them is, and containers are
-- tied to each other by enough people in each tier. Each tier is then divided by teams and by containers as all usage
-- is, and all that holds of the whole must hold of it.
with placed as (
    select
        *,
        scope as month_scope
    from {{ ref('int_container_usage_placed') }}
),

by_tier as (
    select
        month_scope,
        {{ key_of(['scope', 'tier']) }} as scope,
        {{ key_of(['week', 'tier']) }} as week,
        node,
        along,
        person_key,
        is_priced,
        published_team_id,
        team_part,
        is_split,
        is_tied as is_told,
        true as is_named
    from placed
    where is_priced
),

cells as (
    select * from by_tier where is_told
),

tied as (
    {{ tied_nodes('cells') }}
),

tied_or_not as (
    select
        by_tier.*,
        tied.node is not null as is_tied
    from by_tier
    left join tied on by_tier.scope = tied.scope and by_tier.node = tied.node
),

betraying as (
    {{ betraying_scopes('tied_or_not') }}
),

unsafe as (
    select month_scope from placed where not tiers_are_told
    union
    select month_scope from tied_or_not where is_told and not is_tied
    union
    select tied_or_not.month_scope
    from tied_or_not
    inner join betraying on tied_or_not.scope = betraying.scope
)

select placed.month_scope as scope
from placed
left join unsafe on placed.month_scope = unsafe.month_scope
where unsafe.month_scope is null
group by placed.month_scope
