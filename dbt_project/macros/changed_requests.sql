{# Removes requests of which something changed; those that still have a statement are made anew. #}
{% macro forget_changed_requests(relation) -%}
    {% if is_incremental() -%}
        delete from {{ relation }}
        where request_number in (select changed.request_number from {{ ref('int_changed_requests') }} as changed)
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
