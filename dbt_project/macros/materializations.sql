{# How DuckDB replaces a table or a view: by one drop and one create, in one transaction. dbt's own way writes a new one
   beside the old one, asks the catalogue for keys and indexes, renames both and drops the old one after the commit. That
   is made for engines that cannot do better: five of the 35 seconds of a build in which there is little to do, and what
   is killed between the renames leaves a name without its table. Other engines keep the way of their adapters. #}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set replaced = this.incorporate(type='table') -%}
    {%- do assert_nothing_is_passed_over() -%}
    {{ run_hooks(pre_hooks) }}
    {%- if model['language'] == 'python' -%}
        {# What Python makes is written by a connection of its own, which sees no open transaction. #}
        {%- set made = make_intermediate_relation(replaced) -%}
        {%- do run_query('drop table if exists ' ~ made) -%}
        {%- call statement('main', language='python') -%}
            {{- create_table_as(False, made, compiled_code, 'python') -}}
        {%- endcall -%}
        {%- call statement('put_in_place') -%}
            {{ drop_what_was_there(replaced) }}
            alter table {{ made }} rename to {{ replaced.identifier }}
        {%- endcall -%}
    {%- else -%}
        {%- call statement('main', auto_begin=has_hooks()) -%}
            {{ in_one_transaction(drop_what_was_there(replaced) ~ create_table_as(False, replaced, compiled_code)) }}
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [replaced]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set replaced = this.incorporate(type='view') -%}
    {%- do assert_nothing_is_passed_over() -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main', auto_begin=has_hooks()) -%}
        {{ in_one_transaction(drop_what_was_there(replaced) ~ create_view_as(replaced, sql)) }}
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [replaced]}) }}
{% endmaterialization %}

{# A test asks and writes nothing: dbt would open a transaction for it, and roll it back. Where failures are to be stored,
   or something comes first, it is done in dbt's way. #}
{% materialization test, adapter='duckdb' %}
    {%- if should_store_failures() or config.get('sql_header') -%}
        {{ return(materialization_test_default()) }}
    {%- endif -%}
    {%- call statement('main', fetch_result=True, auto_begin=False) -%}
        {{ get_test_sql(
            get_limit_subquery_sql(sql, config.get('limit')), config.get('fail_calc'), config.get('warn_if'),
            config.get('error_if'), limit=none
        ) }}
    {%- endcall -%}
    {{ return({'relations': []}) }}
{% endmaterialization %}

{# Statements that hold together. Where no hook has to be in it as well, the engine is given the whole transaction at
   once: dbt's words about a begin and a commit of their own are two milliseconds of each model. #}
{% macro in_one_transaction(statements) -%}
    {%- if has_hooks() -%}
        {{ statements }}
    {%- else -%}
        begin;
        {{ statements }}
        commit
    {%- endif -%}
{%- endmacro %}

{% macro has_hooks() -%}
    {{ return((pre_hooks + post_hooks) | length > 0) }}
{%- endmacro %}

{% macro drop_what_was_there(relation) -%}
    {%- set existing = load_cached_relation(relation) -%}
    drop {{ 'view' if existing and existing.is_view else 'table' }} if exists {{ relation }};
{%- endmacro %}

{# What dbt can do and this cannot. #}
{% macro assert_nothing_is_passed_over() -%}
    {%- set outside = (pre_hooks + post_hooks) | rejectattr('transaction') | list -%}
    {%- if outside or config.get('grants') or config.get('indexes') or config.get('persist_docs') -%}
        {{ exceptions.raise_compiler_error(
            'grants, indexes, persisted descriptions and hooks outside of the transaction are not known to'
            ' macros/materializations.sql'
        ) }}
    {%- endif -%}
{%- endmacro %}
