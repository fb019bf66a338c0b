{# That the row `alias` of value_rules is the one for `rule` on a day. #}
{% macro rule_of_day(alias, rule, day) -%}
    {{ alias }}.rule = '{{ rule }}'
    and {{ day }} >= {{ alias }}.valid_from
    and {{ day }} < coalesce({{ alias }}.valid_to, cast('9999-12-31' as date))
{%- endmacro %}

{# What stands near a day, with its own: an amount counts in full on the day, and a twenty-first less for every
   day between, to nothing three weeks away (`cluster_days`). One row a day and `of` is asked for. Added up as in
   `exact_sum`. #}
{% macro nearby(figure, of) -%}
    {%- set amount = 'cast(' ~ figure ~ ' as decimal(38, 12))' -%}
    {%- set reach = var('cluster_days') -%}
    {%- set before = "over (partition by " ~ of ~ " order by day_number range between "
        ~ (reach - 1) ~ " preceding and current row)" -%}
    {%- set after = "over (partition by " ~ of ~ " order by day_number range between 1 following and "
        ~ (reach - 1) ~ " following)" -%}
    cast(
        sum({{ amount }}) {{ before }} * ({{ reach }} - day_number)
        + sum({{ amount }} * day_number) {{ before }}
        + coalesce(sum({{ amount }}) {{ after }} * ({{ reach }} + day_number), 0)
        - coalesce(sum({{ amount }} * day_number) {{ after }}, 0)
        as double
    ) / {{ reach }}
{%- endmacro %}

{# A sum that is the same in whatever order rows come. Of fractions the last digit is not: what is rounded or compared after
   it, as three lines with what is trivial, would now and then be another in a build in which nothing changed. #}
{% macro exact_sum(amount, over=none) -%}
    cast(sum(cast({{ amount }} as decimal(38, 12))) {%- if over %} over ({{ over }}){% endif %} as double)
{%- endmacro %}

{# Days since one that is long past. #}
{% macro day_number(day) -%}
    {{ dbt.datediff("cast('2000-01-01' as date)", day, 'day') }}
{%- endmacro %}

{# So with months: those between two dates are all counted, also where nothing is known of one. #}
{% macro month_number(day) -%}
    {{ dbt.datediff("cast('2000-01-01' as date)", day, 'month') }}
{%- endmacro %}

{# Hours from one time to another, with their fraction. #}
{% macro hours_between(from_at, to_at) -%}
    cast(
        {{ dbt.datediff(from_at, to_at, 'second') }}
        as double
    ) / 3600
{%- endmacro %}
