{# Ids of which something new was said, or is no longer said, since `relation` was built.

A load is new to it when its number is above the highest that it has seen; an older load ended when
a newer one of the same file took its place. A request can change its key (an id that joins two
statements arrives late), so every id that those loads mention counts, and every id of a pair that since then is known
for one request, or is not any more, or of which those loads mention the other. #}
{% macro changed_ids(relation) -%}
    with changed_loads as (
        select newer.load_id
        from {{ source('audit', 'loads') }} as newer
        where newer.load_id > (select coalesce(max(built.newest_load_id), 0) from {{ relation }} as built)
        union
        select older.load_id
        from {{ source('audit', 'loads') }} as older
        inner join {{ source('audit', 'loads') }} as newer on older.file_key = newer.file_key
        where
            older.superseded_at is not null
            and newer.load_id > (select coalesce(max(built.newest_load_id), 0) from {{ relation }} as built)
    ),

    mentioned as (
        select response_id, request_id, record_id
        from {{ ref('int_usage_evidence') }}
        where load_id in (select changed_loads.load_id from changed_loads)
        union all
        -- A rollout can say otherwise what it said before, because of another file.
        select response_id, request_id, record_id
        from {{ ref('stg_codex__requests_said') }}
        where since_load_id > (select coalesce(max(built.newest_load_id), 0) from {{ relation }} as built)
    ),

    ids as (
        select response_id as id from mentioned where response_id is not null
        union
        select request_id from mentioned where request_id is not null
        union
        select record_id from mentioned where record_id is not null
        {% for id, other_id in [('request_id', 'response_id'), ('response_id', 'request_id')] %}
        union
        select {{ id }}
        from {{ ref('int_usage_matched') }}
        where
            since_load_id > (select coalesce(max(built.newest_load_id), 0) from {{ relation }} as built)
            or {{ other_id }} in (select mentioned.{{ other_id }} from mentioned)
        {% endfor %}
    )

    select id from ids
{%- endmacro %}

{# Requests of which something changed: those ids, and what the others are called that share a request's id with them. #}
{% macro changed_requests(relation) -%}
    with mentioned_ids as (
        {{ changed_ids(relation) }}
    )

    select mentioned_ids.id as request_key from mentioned_ids
    union
    select statements.request_key
    from {{ ref('int_usage_statements') }} as statements
    inner join mentioned_ids on statements.request_id = mentioned_ids.id
{%- endmacro %}

{# Removes requests that may have no statement any more: what a request is called, one of its statements mentioned, or one
   of a pair. Others that changed have a row, which takes the place of theirs. #}
{% macro forget_changed_requests(relation) -%}
    {% if is_incremental() -%}
        delete from {{ relation }} where request_key in (select changed.id from ({{ changed_ids(relation) }}) as changed)
    {%- else -%}
        select 1
    {%- endif %}
{%- endmacro %}

{# Marks what files no longer say of requests, as `now` has it: what is built of it learns that from since_load_id. What
   replaced files said stays as it is; that it holds no longer, their loads say. #}
{% macro unsay(relation, now) -%}
    {%- if is_incremental() -%}
        update {{ relation }}
        set is_said = false, since_load_id = (select max(load_id) from {{ source('audit', 'loads') }})
        where
            is_said
            and load_id in (select load_id from {{ source('audit', 'loads') }} where superseded_at is null)
            and made_of not in (select {{ mark_of_a_statement() }} from {{ ref(now) }})
    {%- else -%}
        select 1
    {%- endif %}
{%- endmacro %}

{# Removes what was kept of versions of files whose rows are forgotten: a build has learnt from them what to make anew. #}
{% macro forget_forgotten_loads(relation) -%}
    {% if is_incremental() -%}
        delete from {{ relation }}
        where load_id in (select load_id from {{ source('audit', 'loads') }} where forgotten_at is not null)
    {%- else -%}
        select 1
    {%- endif %}
{%- endmacro %}
