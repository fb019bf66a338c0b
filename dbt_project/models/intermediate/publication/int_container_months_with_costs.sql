-- In which months it is told what the work of containers cost, and how long it took: of work on which that is known, as
-- of work itself, containers must be tied to each other by enough people, and what a team's week has without them,
-- or they without a team's week, must come from enough people or from nobody.
with measures as (
    {% for measure in ['cost', 'lead_time'] %}
    select
        '{{ measure }}' as measure,
        scope as month_scope,
        {{ key_of(['scope', "'" ~ measure ~ "'"]) }} as scope,
        {{ key_of(['week', "'" ~ measure ~ "'"]) }} as week,
        node,
        person_key,
        true as is_priced,
        true as is_named,
        is_split,
        published_team_id,
        {{ measure }}_part as team_part,
        {{ measure }}_part as along,
        {{ measure }}_is_told as team_tells,
        {{ measure }}_is_held as is_held,
        node_is_tied as container_tells
    from {{ ref('int_container_outcomes_placed') }}
    where has_{{ measure }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

cells as (
    select * from measures where team_tells and container_tells
),

tied as (
    {{ tied_nodes('cells') }}
),

told_by_teams as (
    select
        measures.*,
        measures.container_tells and tied.node is not null as is_tied
    from measures
    left join tied on measures.scope = tied.scope and measures.node = tied.node
    where measures.team_tells
),

betraying as (
    {{ betraying_scopes('told_by_teams') }}
),

unsafe as (
    select scope from betraying
    union
    select scope from measures where not is_held
    union
    select scope from told_by_teams where container_tells and not is_tied
    union
    -- All of a container, or what of all containers no team's week has, of too few.
    select scope
    from measures
    where container_tells
    group by scope, node
    having not ({{ enough_people() }})
    union
    select scope
    from measures
    where container_tells and not team_tells
    group by scope
    having not ({{ enough_people() }})
)

select
    measures.measure,
    measures.month_scope as scope
from measures
left join unsafe on measures.scope = unsafe.scope
where unsafe.scope is null
group by measures.measure, measures.month_scope
