{# What could be had by taking one published figure from another: which parts of what people did may be told beside the
   whole. The reasons stand in docs/decisions/0009. #}

{# The nodes that enough people tie to the largest node of their scope, or to one that is tied to it: each of these
   people has something in both, and in nothing else do the two differ (`along`). Whoever takes one published node
   from a published sum of people then finds all of them in what is left.

`cells` has person_key, is_priced, scope, node, along and is_named; named nodes come before others as the one to
which all are tied, so that what was tied stays tied when the rest is merged. #}
{% macro tied_nodes(cells) -%}
    with sizes as (
        select
            scope,
            node,
            is_named,
            count(distinct person_key) as people
        from {{ cells }}
        group by scope, node, is_named
    ),

    tied_0 as (
        select
            scope,
            node
        from sizes
        qualify row_number() over (
            partition by scope
            order by case when is_named then 1 else 2 end, people desc, node
        ) = 1
    ),

    -- Once each: what a person did in many sessions would meet itself in all of them.
    distinct_cells as (
        select
            scope,
            node,
            along,
            person_key,
            max(is_priced) as is_priced
        from {{ cells }}
        group by scope, node, along, person_key
    ),

    ties as (
        select
            ours.scope,
            ours.node,
            others.node as other_node
        from distinct_cells as ours
        inner join distinct_cells as others
            on
                ours.scope = others.scope
                and ours.along = others.along
                and ours.person_key = others.person_key
        group by ours.scope, ours.node, others.node
        having
            count(distinct ours.person_key) >= {{ var('min_group') }}
            and (
                count(distinct case when ours.is_priced then ours.person_key end) >= {{ var('min_group') }}
                or count(case when ours.is_priced then 1 end) = 0
            )
    ){% for round in range(1, 4) %},

    tied_{{ round }} as (
        select distinct
            ties.scope,
            ties.node
        from ties
        inner join tied_{{ round - 1 }} as tied on ties.scope = tied.scope and ties.other_node = tied.node
    ){% endfor %}

    select
        scope,
        node
    from tied_3
{%- endmacro %}

{# The scopes in which what is not tied would be had by subtraction: people of a team's part are both in what is
   told and in what is not, and those in the latter are too few, counted only where enough are in the former.

`cells` has person_key, is_priced, scope, week (of which a row of a team tells), published_team_id, team_part, is_tied,
and is_split where more of the week may be told in another scope. #}
{% macro betraying_scopes(cells) -%}
    with parts as (
        select
            week,
            team_part,
            count(distinct case when is_tied then person_key end) as people,
            count(distinct case when is_tied and is_priced then person_key end) as priced_people
        from {{ cells }}
        group by week, team_part
    ),

    teams as (
        select
            week,
            published_team_id
        from {{ cells }}
        group by week, published_team_id
        having count(case when is_tied or is_split then 1 end) > 0
    )

    select cells.scope
    from {{ cells }} as cells
    inner join teams on cells.week = teams.week and cells.published_team_id = teams.published_team_id
    inner join parts on cells.week = parts.week and cells.team_part = parts.team_part
    where not cells.is_tied
    group by cells.scope
    having
        count(distinct case when parts.people >= {{ var('min_group') }} then cells.person_key end)
        < {{ var('min_group') }}
        or (
            count(case when cells.is_priced then 1 end) > 0
            and count(distinct case
                when parts.priced_people >= {{ var('min_group') }} and cells.is_priced then cells.person_key
            end) < {{ var('min_group') }}
        )
{%- endmacro %}

{# The scopes in which too few people hold what is told and what is not together: those who have something in both that
   differs in nothing else (`along`). Without them what is told of a scope, less what another table tells of nearly the
   same people's usage, would be that of the few in which the two differ.

`cells` has person_key, is_priced, scope, along and is_tied. #}
{% macro loose_scopes(cells) -%}
    with told_cells as (
        select distinct
            scope,
            along,
            person_key
        from {{ cells }}
        where is_tied
    ),

    held as (
        select
            untold.scope,
            count(distinct untold.person_key) as people,
            count(distinct case when untold.is_priced then untold.person_key end) as priced_people
        from {{ cells }} as untold
        inner join told_cells as told
            on
                untold.scope = told.scope
                and untold.along = told.along
                and untold.person_key = told.person_key
        where not untold.is_tied
        group by untold.scope
    )

    select cells.scope
    from {{ cells }} as cells
    left join held on cells.scope = held.scope
    group by cells.scope
    having
        count(case when cells.is_tied then 1 end) > 0
        and (
            (
                count(case when not cells.is_tied then 1 end) > 0
                and coalesce(max(held.people), 0) < {{ var('min_group') }}
            )
            or (
                count(case when cells.is_tied and cells.is_priced then 1 end) > 0
                and count(case when not cells.is_tied and cells.is_priced then 1 end) > 0
                and coalesce(max(held.priced_people), 0) < {{ var('min_group') }}
            )
        )
{%- endmacro %}

{# Weeks in two months that too few people hold together: those who did the same, but for day and model, in both. #}
{% macro torn_weeks(cells, alike) -%}
    with distinct_cells as (
        select distinct
            week,
            month_start,
            {{ alike }} as alike,
            person_key,
            is_priced
        from {{ cells }}
    ),

    in_both as (
        select
            ours.week,
            ours.person_key,
            ours.is_priced
        from distinct_cells as ours
        inner join distinct_cells as theirs
            on
                ours.week = theirs.week
                and ours.alike = theirs.alike
                and ours.person_key = theirs.person_key
        where ours.month_start < theirs.month_start
    ),

    held as (
        select week
        from in_both
        group by week
        having {{ enough_people() }}
    )

    select cells.week
    from {{ cells }} as cells
    left join held on cells.week = held.week
    where held.week is null
    group by cells.week
    having count(distinct cells.month_start) > 1
{%- endmacro %}
