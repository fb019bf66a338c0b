{# A combination of columns stands once only; NULL counts as a value. #}
{% test unique_together(model, columns) %}
with shared as (
    {{ repeated(number_of(columns), model) }}
)

-- Two combinations can share a number by chance.
select {{ columns | join(', ') }}
from {{ model }}
where {{ number_of(columns) }} in (select shared.number from shared)
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{# A condition holds for every row; where it cannot be decided (NULL) it does not hold. #}
{% test holds_for_every_row(model, condition) %}
select *
from {{ model }}
where not coalesce({{ condition }}, false)
{% endtest %}

{# Whether what is there was tested by a build that came to its end, so that only what changed since has to be. #}
{% macro was_built_before() -%}
    {%- if execute -%}
        {%- set built = load_relation(source('audit', 'built_up_to')) -%}
        {{ return(built is not none and run_query('select count(*) from ' ~ built).rows[0][0] > 0) }}
    {%- endif -%}
    {{ return(false) }}
{%- endmacro %}
