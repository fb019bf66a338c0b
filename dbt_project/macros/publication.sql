{# How what is published is kept from being taken apart again; the reasons stand in docs/decisions/0009. #}

{# Whether the rows of a group come from enough people, and those with a price from as many or from none: the
   dollars of a group may else rest on fewer than its tokens. Asks for person_key and is_priced. #}
{% macro enough_people(times=1) -%}
    count(distinct person_key) >= {{ times * var('min_group') }}
    and (
        count(distinct case when is_priced then person_key end) >= {{ times * var('min_group') }}
        or count(case when is_priced then 1 end) = 0
    )
{%- endmacro %}

{# Whether what `condition` selects of a group comes from enough people or from nobody. #}
{% macro enough_or_none(condition) -%}
    (
        count(distinct case when {{ condition }} then person_key end) >= {{ var('min_group') }}
        or count(case when {{ condition }} then 1 end) = 0
    )
{%- endmacro %}

{# Finds for every row the finest level at which it stands among enough people.

`relation` has person_key, is_priced and, per level from fine to coarse, a column level_0, level_1 … that names
its group there, or NULL where it has none at that level. Rows whose group is too small at one level go on to
the next, together with the others that were too small; what is too small at the last stays out. `times` says
for each level how many times min_group is enough. Yields the relation's rows with `level`. #}
{% macro finest_publishable_level(relation, times) -%}
    with level_0_rows as (select * from {{ relation }}),
    {% for least in times %}
    {% set level = loop.index0 %}
    level_{{ level }}_groups as (
        select level_{{ level }}
        from level_{{ level }}_rows
        where level_{{ level }} is not null
        group by level_{{ level }}
        having {{ enough_people(least) }}
    ){% if not loop.last %},

    level_{{ level + 1 }}_rows as (
        select small.*
        from level_{{ level }}_rows as small
        left join level_{{ level }}_groups as large on small.level_{{ level }} = large.level_{{ level }}
        where large.level_{{ level }} is null
    ),
    {% endif %}
    {% endfor %}

    {% for least in times %}
    {% set level = loop.index0 %}
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

{# Two or three small teams of one parent and week that are told as one: bundles of about twice min_group people, so
   that the figures of a small team are not lost among those of thirty. `relation` has team_id, others_of_parent,
   week_start, person_key and is_priced; yields team_id, week_start and the bundle's name. #}
{% macro small_team_bundles(relation) -%}
    with small_teams as (
        select
            team_id,
            others_of_parent,
            week_start,
            case
                when count(case when is_priced then 1 end) = 0 then count(distinct person_key)
                else count(distinct case when is_priced then person_key end)
            end as people
        from {{ relation }}
        where others_of_parent is not null
        group by team_id, others_of_parent, week_start
        having not ({{ enough_people() }})
    ),

    lined_up as (
        select
            *,
            sum(people) over (partition by others_of_parent, week_start order by team_id) - people as people_before,
            sum(people) over (partition by others_of_parent, week_start) as people_in_all
        from small_teams
    ),

    numbered as (
        select
            team_id,
            others_of_parent,
            week_start,
            -- The last ones join the bundle before them: alone they might be too few.
            least(
                {{ whole_division('people_before', 2 * var('min_group')) }},
                greatest({{ whole_division('people_in_all', 2 * var('min_group')) }} - 1, 0)
            ) as bundle
        from lined_up
    ),

    named as (
        select
            others_of_parent,
            week_start,
            bundle,
            {{ dbt.concat([
                "left(others_of_parent, length(others_of_parent) - 1)", "': '", joined_in_order('team_id', ', '), "')'",
            ]) }} as bundle_name
        from numbered
        group by others_of_parent, week_start, bundle
    )

    select
        numbered.team_id,
        numbered.week_start,
        named.bundle_name
    from numbered
    inner join named
        on
            numbered.others_of_parent = named.others_of_parent
            and numbered.week_start = named.week_start
            and numbered.bundle = named.bundle
{%- endmacro %}

{# Whether the week of a day is over, and the exports are as much younger as is waited for them. #}
{% macro is_closed(day, last_export) -%}
    {{ dbt.dateadd('day', 6 + var('close_after_days'), 'cast(' ~ dbt.date_trunc('week', day) ~ ' as date)') }}
    <= {{ last_export }}
{%- endmacro %}

{# A count or an amount to two digits, rounded up: from what is said so roughly, nobody's share of it can be had by
   subtracting what is published of others. Counts are whole tens. #}
{% macro about(figure, least=10) -%}
    ceil({{ figure }} / {{ _digits_of(figure, least) }}) * {{ _digits_of(figure, least) }}
{%- endmacro %}

{% macro _digits_of(figure, least) -%}
    power(10, greatest(floor(log10(greatest(abs({{ figure }}), {{ least }}))) - 1, floor(log10({{ least }}))))
{%- endmacro %}
