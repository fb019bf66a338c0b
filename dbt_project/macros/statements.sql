{# An order of statements that does not depend on the order in which they were loaded. #}
{% macro order_of_statements() -%}
    occurred_at, record_id, request_id, session_id, account_key, branch_key, folder_key, repository_key, said_model
{%- endmacro %}

{# What the first statement, in order of a rank, says of something; those that say nothing are passed over. #}
{% macro first_said(column, rank, where=none) -%}
    min_by({{ column }}, case when {{ where or column ~ ' is not null' }} then {{ rank }} end)
{%- endmacro %}
