-- Among whom a closed week's usage is told by day, tool and model: a team that is large enough stands alone,
-- others with those of their parent, else of the organisation. Days of three or four people cannot be told.
with keyed as (
    select
        usage_id,
        piece,
        week_start,
        month_start,
        usage_date,
        person_key,
        published_team_id,
        team_part,
        others_of_parent,
        others,
        is_priced,
        tool,
        provider,
        model,
        repository,
        project,
        {{ key_of(['published_team_id', 'week_start']) }} as level_0,
        case
            when published_team_id <> others and others_of_parent is not null
                then {{ key_of(['others_of_parent', 'week_start']) }}
        end as level_1,
        {{ key_of(["'others'", 'week_start']) }} as level_2
    from {{ ref('int_usage_teams_to_tell') }}
),

found as ({{ finest_publishable_level('keyed', [var('day_groups'), var('day_groups'), 1]) }})

select
    usage_id,
    piece,
    person_key,
    is_priced,
    case level when 0 then published_team_id when 1 then others_of_parent else others end as day_group,
    usage_date,
    month_start,
    tool,
    provider,
    model,
    case level when 0 then level_0 when 1 then level_1 else level_2 end as week,
    -- Weeks in two months are tied in each: containers are told by month.
    {{ key_of(['case level when 0 then level_0 when 1 then level_1 else level_2 end', 'month_start']) }} as scope,
    {{ key_of(['usage_date', 'tool', 'provider', 'model']) }} as model_node,
    {{ key_of(['usage_date']) }} as day_node,
    published_team_id,
    team_part,
    {{ key_of(['team_part', 'is_priced', 'repository', 'project']) }} as along
from found
