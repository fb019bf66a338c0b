{# The staging models whose rows are statements about requests, each with the rank of its word: 1 is believed first.

The modules in src/tokenworth/sources declare them, and our command hands them over with every run of dbt. Without
it one of them stands for all, so that dbt and sqlfluff can read the models; a build would leave the others out
without a word, so it is refused. #}
{% macro usage_evidence() -%}
    {%- if execute and not var('usage_evidence') and flags.WHICH in ['build', 'run'] -%}
        {{ exceptions.raise_compiler_error(
            'dbt alone does not know which sources bring usage. Build with `tokenworth build`, which tells it.'
        ) }}
    {%- endif -%}
    {{ return(var('usage_evidence') or {'stg_claude_code__requests': 1}) }}
{%- endmacro %}

{# An order of statements that does not depend on the order in which they were loaded. #}
{% macro order_of_statements() -%}
    occurred_at, record_id, request_id, session_id, account_key, branch_key, folder_key, repository_key, said_model
{%- endmacro %}

{# What the first statement, in order of a rank, says of something; those that say nothing are passed over. #}
{% macro first_said(column, rank, where=none) -%}
    min_by({{ column }}, case when {{ where or column ~ ' is not null' }} then {{ rank }} end)
{%- endmacro %}
