-- What the next publication tells of usage for the first time, and under which names. Whoever publishes keeps it
-- in told.usage, so that what is told once is told the same way for ever.
{% set day_row = ['usage_date', 'day_group', 'published_tool', 'published_provider', 'published_model'] %}

with pieces as (
    select
        teams.usage_id,
        teams.piece,
        teams.batch,
        teams.week_start,
        teams.usage_date,
        teams.person_key,
        teams.team_id,
        teams.headcount,
        teams.published_team_id,
        teams.team_part,
        days.day_group,
        days.day_is_told,
        days.published_tool,
        days.published_provider,
        days.published_model,
        teams.repository,
        teams.project,
        teams.tier,
        teams.is_priced,
        teams.is_unpriced,
        teams.tiers_are_told,
        teams.unpriced_is_told,
        {% for count in ['requests', 'total_tokens', 'unpriced_tokens'] + var('counts_of_tokens') %}
        teams.{{ count }},
        {% endfor %}
        teams.piece_tokens,
        teams.piece_cost_usd,
        {{ key_of(day_row) }} as day_row
    from {{ ref('int_usage_teams_to_tell') }} as teams
    inner join {{ ref('int_usage_day_nodes') }} as days on teams.usage_id = days.usage_id and teams.piece = days.piece
),

-- The counters of a day's tokens are told together or not at all: each could be had from the others.
counters as (
    select
        day_row,
        {% for count in var('counts_of_tokens') %}
        {{ enough_or_none(count ~ ' > 0') }}{% if not loop.last %} and{% endif %}
        {% endfor %} as counters_are_told
    from pieces
    group by day_row
)

select
    pieces.usage_id,
    pieces.piece,
    pieces.batch,
    pieces.week_start,
    pieces.usage_date,
    pieces.person_key,
    pieces.team_id,
    pieces.headcount,
    pieces.published_team_id,
    pieces.team_part,
    pieces.day_group,
    pieces.day_is_told,
    pieces.published_tool,
    pieces.published_provider,
    pieces.published_model,
    pieces.repository,
    pieces.project,
    pieces.tier,
    pieces.is_priced,
    pieces.is_unpriced,
    pieces.tiers_are_told,
    pieces.unpriced_is_told,
    counters.counters_are_told,
    {% for count in ['requests', 'total_tokens', 'unpriced_tokens'] + var('counts_of_tokens') %}
    pieces.{{ count }},
    {% endfor %}
    pieces.piece_tokens,
    pieces.piece_cost_usd,
    -- When a publication tells it.
    cast(null as timestamp) as told_at
from pieces
inner join counters on pieces.day_row = counters.day_row
