{# Finds for every row the finest level at which it stands among enough people.

`relation` has person_key and, per level from fine to coarse, a column level_0, level_1 … that names its
group there, or NULL where it has none at that level. Rows whose group is too small at one level go on to
the next, together with the others that were too small; what is too small at the last stays out. Yields the
relation's rows with `level`. #}
{% macro finest_publishable_level(relation, levels) -%}
    with level_0_rows as (select * from {{ relation }}),
    {% for level in range(levels) %}
    level_{{ level }}_groups as (
        select level_{{ level }}
        from level_{{ level }}_rows
        group by level_{{ level }}
        having count(distinct person_key) >= {{ var('min_group') }}
    ){% if not loop.last %},

    level_{{ level + 1 }}_rows as (
        select small.*
        from level_{{ level }}_rows as small
        left join level_{{ level }}_groups as large on small.level_{{ level }} = large.level_{{ level }}
        where large.level_{{ level }} is null
    ),
    {% endif %}
    {% endfor %}

    {% for level in range(levels) %}
    select
        found.*,
        {{ level }} as level
    from level_{{ level }}_rows as found
    inner join level_{{ level }}_groups as large on found.level_{{ level }} = large.level_{{ level }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
{%- endmacro %}

{# The row into which a small team goes: what is left of its parent, else of the organisation. #}
{% macro others_of(team) -%}
    {{ dbt.concat(["'(other of '", team, "')'"]) }}
{%- endmacro %}

{# Under which row a team's week is published, and how many people stand behind that row: the team's own
   where enough of `people` (team_id, week_start, person_key) are in it, else that of the small teams of its
   parent, else that of the organisation's. Where even there are too few, the week drops out. #}
{% macro published_team_weeks(people) -%}
    with named as (
        select
            people.*,
            {{ others_of('teams.parent_team_id') }} as others_of_parent,
            {{ others_of("'organisation'") }} as others
        from {{ people }} as people
        left join {{ ref('dim_team') }} as teams on people.team_id = teams.team_id
    ),

    keyed as (
        select
            *,
            {{ key_of(['team_id', 'week_start']) }} as level_0,
            -- A team at the top waits for those that are left of other parents: alone they might be too few.
            case when others_of_parent is not null then {{ key_of(['others_of_parent', 'week_start']) }} end as level_1,
            {{ key_of(['others', 'week_start']) }} as level_2
        from named
    ),

    found as ({{ finest_publishable_level('keyed', 3) }}),

    placed as (
        select
            team_id,
            week_start,
            person_key,
            case level when 0 then team_id when 1 then others_of_parent else others end as published_team_id
        from found
    ),

    counted as (
        select
            published_team_id,
            week_start,
            count(distinct person_key) as people
        from placed
        group by published_team_id, week_start
    )

    select distinct
        placed.team_id,
        placed.week_start,
        placed.published_team_id,
        counted.people
    from placed
    inner join counted
        on
            placed.published_team_id = counted.published_team_id
            and placed.week_start = counted.week_start
{%- endmacro %}

{# The same for containers' months and `people` (container, container_type, month_start, person_key): the
   container's own row, else that of all small ones of its kind. #}
{% macro published_container_months(people) -%}
    with keyed as (
        select
            *,
            {{ key_of(['container', 'container_type', 'month_start']) }} as level_0,
            {{ key_of(['container_type', 'month_start']) }} as level_1
        from {{ people }}
    ),

    found as ({{ finest_publishable_level('keyed', 2) }}),

    placed as (
        select
            container,
            container_type,
            month_start,
            person_key,
            case level when 0 then container else '{{ var("others") }}' end as published_container
        from found
    ),

    counted as (
        select
            published_container,
            container_type,
            month_start,
            count(distinct person_key) as people
        from placed
        group by published_container, container_type, month_start
    )

    select distinct
        placed.container,
        placed.container_type,
        placed.month_start,
        placed.published_container,
        counted.people
    from placed
    inner join counted
        on
            placed.published_container = counted.published_container
            and placed.container_type = counted.container_type
            and placed.month_start = counted.month_start
{%- endmacro %}
