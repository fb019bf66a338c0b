-- Under which team a closed week's usage is told: its own where enough people are in it, else with one or two small
-- teams of its parent, else with all of them, else with those of the organisation. What even there comes from too few
-- waits untold.
with untold as (
    select * from {{ ref('int_usage_untold') }}
),

bundles as (
    {{ small_team_bundles('untold') }}
),

keyed as (
    select
        untold.*,
        bundles.bundle_name,
        {{ others_of("'organisation'") }} as others,
        {{ key_of(['untold.team_id', 'untold.week_start']) }} as level_0,
        case
            when bundles.bundle_name is not null then {{ key_of(['bundles.bundle_name', 'untold.week_start']) }}
        end as level_1,
        -- A team at the top waits for those that are left of other parents: alone they might be too few.
        case
            when untold.others_of_parent is not null then {{ key_of(['untold.others_of_parent', 'untold.week_start']) }}
        end as level_2,
        {{ key_of(["'others'", 'untold.week_start']) }} as level_3
    from untold
    left join bundles on untold.team_id = bundles.team_id and untold.week_start = bundles.week_start
),

found as ({{ finest_publishable_level('keyed', [1, 1, 1, 1]) }}),

placed as (
    select
        usage_id,
        piece,
        batch,
        week_start,
        month_start,
        usage_date,
        person_key,
        team_id,
        others_of_parent,
        others,
        headcount,
        tool,
        provider,
        model,
        repository,
        project,
        tier,
        is_priced,
        is_unpriced,
        requests,
        total_tokens,
        unpriced_tokens,
        {% for count in var('counts_of_tokens') %}
        {{ count }},
        {% endfor %}
        piece_tokens,
        piece_cost_usd,
        case level
            when 0 then team_id when 1 then bundle_name when 2 then others_of_parent else others
        end as published_team_id
    from found
),

parts as (
    select
        published_team_id,
        week_start,
        {% for tier in var('tiers') %}
        {{ enough_or_none("tier = '" ~ tier ~ "'") }}
        and {{ enough_or_none("is_priced and tier = '" ~ tier ~ "'") }}
        {% if not loop.last %}and{% endif %}
        {% endfor %} as tiers_are_told,
        {{ enough_or_none('is_unpriced') }} and {{ enough_or_none('not is_unpriced') }} as unpriced_is_told
    from placed
    group by published_team_id, week_start
)

-- The parts of a team's cost by evidence are told together or not at all: each could be had from the others.
select
    placed.*,
    parts.tiers_are_told,
    parts.unpriced_is_told,
    -- What a figure of the team's week stands for.
    {{ key_of([
        'placed.published_team_id', 'case when parts.tiers_are_told then placed.tier end',
        'case when parts.unpriced_is_told then placed.is_unpriced end',
    ]) }} as team_part
from placed
inner join parts on placed.published_team_id = parts.published_team_id and placed.week_start = parts.week_start
