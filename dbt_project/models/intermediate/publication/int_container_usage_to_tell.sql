-- Which containers' months are told for the first time, and who stands behind them. What is left, with the usage in no
-- container, must come from enough people or from nobody, else nothing of the month is told.
with placed as (
    select * from {{ ref('int_container_usage_placed') }}
),

betraying as (
    {{ betraying_scopes('placed') }}
),

-- Days and projects are held to what is not in them by people; then repositories alone need none to be.
projects as (
    select * from placed where container_type = 'project'
),

loose as (
    {{ loose_scopes('projects') }}
)

select
    placed.container_type,
    placed.container,
    placed.month_start,
    placed.person_key,
    placed.tier,
    tiers.scope is not null as tiers_are_told,
    placed.usage_id,
    placed.piece,
    placed.piece_tokens as total_tokens,
    placed.piece_cost_usd as cost_usd
from placed
left join betraying on placed.scope = betraying.scope
left join loose on placed.scope = loose.scope
left join {{ ref('int_container_months_with_tiers') }} as tiers on placed.scope = tiers.scope
where placed.is_tied and betraying.scope is null and loose.scope is null
