-- Under which row a team's week is published: its own where enough people stand behind it, else
-- together with the other small ones of its parent, else with the small ones of the organisation,
-- else not at all.
with contributions as (
    select
        coalesce(team_id, '{{ var("no_team") }}') as team_id,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        person_key
    from {{ ref('fct_usage') }}
    union
    select
        coalesce(team_id, '{{ var("no_team") }}'),
        cast({{ dbt.date_trunc('week', 'shipped_at') }} as date),
        person_key
    from {{ ref('fct_outcomes') }}
    where carries_value and survival is not null and not is_bot
),

named as (
    select
        contributions.*,
        {{ others_of("coalesce(teams.parent_team_id, 'organisation')") }} as others_of_parent,
        {{ others_of("'organisation'") }} as others
    from contributions
    left join {{ ref('dim_team') }} as teams on contributions.team_id = teams.team_id
),

keyed as (
    select
        *,
        {{ key_of(['team_id', 'week_start']) }} as level_0,
        {{ key_of(['others_of_parent', 'week_start']) }} as level_1,
        {{ key_of(['others', 'week_start']) }} as level_2
    from named
),

found as ({{ finest_publishable_level('keyed', 3) }})

select distinct
    team_id,
    week_start,
    case level when 0 then team_id when 1 then others_of_parent else others end as published_team_id
from found
