{# What grows by marks. A part of a table, a session or a day, has a mark: one number made of all that the part is made of.
   The rows keep it as `made_of`. A build removes the parts of other marks and makes those whose mark no row has, so there
   is no list of causes that could be incomplete, and what a killed build left is finished by the next one. Known marks are
   asked for as distinct: else the engine keeps one for every row in memory to look each up in. #}

{# Removes parts that are made of something else by now, or of nothing. No mark is NULL, or nothing would be made any more. #}
{% macro forget_other_marks(relation, marks, mark='mark') -%}
    {% if is_incremental() -%}
        delete from {{ relation }} where made_of not in (select {{ mark }} from {{ ref(marks) }})
    {%- else -%}
        select 1
    {%- endif %}
{%- endmacro %}

{# One mark for a group of rows, whatever their order: of what names the group, and of a number for each row. #}
{% macro mark_of(names, part) -%}
    {{ number_of(names + ['count(*)', 'sum(cast(' ~ part ~ ' as ' ~ type_of_wide_sums() ~ '))']) }}
{%- endmacro %}

{# In which many whole numbers can be added up. In DuckDB a decimal as wide takes twice the time. #}
{% macro type_of_wide_sums() -%}
    {{ return(adapter.dispatch('type_of_wide_sums')()) }}
{%- endmacro %}

{% macro default__type_of_wide_sums() -%}
    {{ return('hugeint') }}
{%- endmacro %}

{% macro spark__type_of_wide_sums() -%}
    {{ return('decimal(38, 0)') }}
{%- endmacro %}
