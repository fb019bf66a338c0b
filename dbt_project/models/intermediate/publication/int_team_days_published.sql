-- Usage by day with the team, tool and model under which it is published: what too few people did is
-- shown without its tool and model, then with the small teams of its parent, then with those of the
-- organisation, and else not at all.
with usage as (
    select
        usage.*,
        coalesce(usage.team_id, '{{ var("no_team") }}') as team_0,
        {{ others_of('teams.parent_team_id') }} as team_2,
        {{ others_of("'organisation'") }} as team_3
    from {{ ref('fct_usage') }} as usage
    left join {{ ref('dim_team') }} as teams on usage.team_id = teams.team_id
),

keyed as (
    select
        *,
        {{ key_of(['usage_date', 'team_0', 'tool', 'provider', 'model']) }} as level_0,
        {{ key_of(['usage_date', 'team_0']) }} as level_1,
        -- A team at the top waits for those that are left of other parents: alone they might be too few.
        case when team_2 is not null then {{ key_of(['usage_date', 'team_2']) }} end as level_2,
        {{ key_of(['usage_date', 'team_3']) }} as level_3
    from usage
),

found as ({{ finest_publishable_level('keyed', 4) }})

select
    found.*,
    case
        when found.level <= 1 then found.team_0
        when found.level = 2 then found.team_2
        else found.team_3
    end as published_team_id,
    case found.level when 0 then found.tool else '{{ var("others") }}' end as published_tool,
    case found.level when 0 then found.provider else '{{ var("others") }}' end as published_provider,
    case found.level when 0 then found.model else '{{ var("others") }}' end as published_model
from found
