{# That the row `alias` of value_rules is the one for `rule` on a day. #}
{% macro rule_of_day(alias, rule, day) -%}
    {{ alias }}.rule = '{{ rule }}'
    and {{ day }} >= {{ alias }}.valid_from
    and {{ day }} < coalesce({{ alias }}.valid_to, cast('9999-12-31' as date))
{%- endmacro %}
