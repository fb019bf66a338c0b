{# How DuckDB replaces a table or a view: in one statement, in one transaction. dbt's own way writes a new one beside the
   old one, asks the catalogue for keys and indexes, renames both and drops the old one after the commit. That is made
   for engines that cannot do better; here it took a third of the time of a build in which there is little to do, and a
   kill between the renames could leave a name without its table. Other engines keep the way of their adapters. #}

{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- set existing, replaced = load_cached_relation(this), this.incorporate(type='table') -%}
    {%- if existing and existing.is_view -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- if model['language'] == 'python' -%}
        {# What Python makes is written by a connection of its own, which sees no open transaction. #}
        {%- set beside = make_intermediate_relation(replaced) -%}
        {%- do run_query('drop table if exists ' ~ beside) -%}
        {%- do adapter.commit() -%}
        {%- call statement('main', language='python') -%}
            {{- create_table_as(False, beside, compiled_code, 'python') -}}
        {%- endcall -%}
        {%- do run_query(
            'drop table if exists ' ~ replaced ~ '; alter table ' ~ beside ~ ' rename to ' ~ replaced.identifier
        ) -%}
    {%- else -%}
        {%- call statement('main') -%}
            drop table if exists {{ replaced }};
            {{ create_table_as(False, replaced, compiled_code) }}
        {%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [replaced]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set existing, replaced = load_cached_relation(this), this.incorporate(type='view') -%}
    {%- if existing and existing.is_table -%}
        {%- do adapter.drop_relation(existing) -%}
    {%- endif -%}
    {{ run_hooks(pre_hooks) }}
    {%- call statement('main') -%}
        {%- if config.get('contract').enforced -%}{{ get_assert_columns_equivalent(sql) }}{%- endif -%}
        create or replace view {{ replaced }} as (
            {{ sql }}
        )
    {%- endcall -%}
    {{ run_hooks(post_hooks) }}
    {%- do adapter.commit() -%}
    {{ return({'relations': [replaced]}) }}
{% endmaterialization %}
