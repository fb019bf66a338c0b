{# Finds for every row the finest level at which it stands among enough people.

`relation` has person_key and, per level from fine to coarse, a column level_0, level_1 … that names
its group there. Rows whose group is too small at one level go on to the next, together with the
others that were too small; what is too small at the last stays out. Yields the relation's rows with
`level`. #}
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
