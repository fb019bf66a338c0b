{# The rows of every tracker that tells of a shape (pull_requests, issues …), from its staging model
   stg_<tracker>__<shape>. Which tracker tells of what is the list `trackers` in dbt_project.yml. #}
{% macro of_every_tracker(shape, columns) -%}
    {%- set telling = [] -%}
    {%- for tracker, shapes in var('trackers').items() if shape in shapes -%}
        {%- do telling.append(tracker) -%}
    {%- endfor -%}
    {%- for tracker in telling %}
    select
        '{{ tracker }}' as tracker,
        {{ columns }}
    from {{ ref('stg_' ~ tracker ~ '__' ~ shape) }}
    {%- if not loop.last %}
    union all
    {%- endif %}
    {%- endfor %}
{%- endmacro %}
