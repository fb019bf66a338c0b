-- Outcomes that are told for the first time, and under which team: as for usage, by those who shipped what carries
-- value. What was given up stands under the same team, and alone it does not make a team large enough.
with batches as (
    select coalesce(max(batch), 0) + 1 as batch
    from {{ source('told', 'outcomes') }}
),

untold as (
    select
        now.*,
        batches.batch
    from {{ ref('int_outcomes_now') }} as now
    cross join batches
    left join {{ source('told', 'outcomes') }} as told on now.outcome_id = told.outcome_id
    where told.outcome_id is null
),

shipped as (
    select
        *,
        -- Nobody's value is told among too few either.
        value_units > 0 as is_priced
    from untold
    where is_shipped
),

bundles as (
    {{ small_team_bundles('shipped') }}
),

keyed as (
    select distinct
        shipped.person_key,
        shipped.is_priced,
        shipped.team_id,
        shipped.others_of_parent,
        shipped.week_start,
        bundles.bundle_name,
        {{ others_of("'organisation'") }} as others,
        {{ key_of(['shipped.team_id', 'shipped.week_start']) }} as level_0,
        case
            when bundles.bundle_name is not null then {{ key_of(['bundles.bundle_name', 'shipped.week_start']) }}
        end as level_1,
        case
            when shipped.others_of_parent is not null
                then {{ key_of(['shipped.others_of_parent', 'shipped.week_start']) }}
        end as level_2,
        {{ key_of(["'others'", 'shipped.week_start']) }} as level_3
    from shipped
    left join bundles on shipped.team_id = bundles.team_id and shipped.week_start = bundles.week_start
),

found as ({{ finest_publishable_level('keyed', [1, 1, 1, 1]) }}),

teams as (
    select distinct
        team_id,
        week_start,
        case level
            when 0 then team_id when 1 then bundle_name when 2 then others_of_parent else others
        end as published_team_id
    from found
),

placed as (
    select
        untold.*,
        teams.published_team_id
    from untold
    inner join teams on untold.team_id = teams.team_id and untold.week_start = teams.week_start
),

parts as (
    select
        published_team_id,
        week_start,
        {{ enough_or_none('is_shipped and value_units > 0') }} as value_is_told,
        {{ enough_or_none('is_shipped and cost_usd > 0') }} as cost_is_told,
        {{ enough_or_none('is_abandoned') }} and {{ enough_or_none('is_abandoned and cost_usd > 0') }}
            as abandoned_is_told,
        -- Of whom it is known when they began, and of whom it is not.
        {{ enough_or_none('is_shipped and lead_time_hours is not null') }}
        and {{ enough_or_none('is_shipped and lead_time_hours is null') }} as lead_time_is_told
    from placed
    group by published_team_id, week_start
)

select
    placed.*,
    parts.value_is_told,
    parts.cost_is_told,
    parts.abandoned_is_told,
    parts.lead_time_is_told
from placed
inner join parts on placed.published_team_id = parts.published_team_id and placed.week_start = parts.week_start
