{# What DuckDB and Spark say in different words. #}

{# Joins the items of a list column, one row an item; rows with an empty list drop out. #}
{% macro each_item(list_column, item) -%}
    {{ return(adapter.dispatch('each_item')(list_column, item)) }}
{%- endmacro %}

{% macro default__each_item(list_column, item) -%}
    cross join unnest({{ list_column }}) as {{ item }}_of({{ item }})
{%- endmacro %}

{% macro spark__each_item(list_column, item) -%}
    lateral view explode({{ list_column }}) {{ item }}_of as {{ item }}
{%- endmacro %}

{# Whole division, without a detour over floating point. #}
{% macro whole_division(dividend, divisor) -%}
    {{ return(adapter.dispatch('whole_division')(dividend, divisor)) }}
{%- endmacro %}

{% macro default__whole_division(dividend, divisor) -%}
    (({{ dividend }}) // ({{ divisor }}))
{%- endmacro %}

{% macro spark__whole_division(dividend, divisor) -%}
    (({{ dividend }}) div ({{ divisor }}))
{%- endmacro %}

{# Every day from one to another, both included, as a column date_day. #}
{% macro days_between(first_day, last_day) -%}
    {{ return(adapter.dispatch('days_between')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__days_between(first_day, last_day) -%}
    select cast(unnest({{ list_of_days(first_day, last_day) }}) as date) as date_day
{%- endmacro %}

{% macro spark__days_between(first_day, last_day) -%}
    select explode({{ list_of_days(first_day, last_day) }}) as date_day
{%- endmacro %}

{# The same as a list, whose items are still to be cast to dates. #}
{% macro list_of_days(first_day, last_day) -%}
    {{ return(adapter.dispatch('list_of_days')(first_day, last_day)) }}
{%- endmacro %}

{% macro default__list_of_days(first_day, last_day) -%}
    generate_series({{ first_day }}, {{ last_day }}, interval 1 day)
{%- endmacro %}

{% macro spark__list_of_days(first_day, last_day) -%}
    sequence({{ first_day }}, {{ last_day }}, interval 1 day)
{%- endmacro %}

{# Whether a version such as 2.1.97 is below the given one; false where there is none. #}
{% macro version_below(column, version) -%}
    coalesce(
        {%- for number in version %}
        {%- set earlier = range(loop.index0) %}
        {% if not loop.first %}or {% endif -%}
        (
            {%- for position in earlier %}
            try_cast({{ dbt.split_part(column, "'.'", position + 1) }} as integer) = {{ version[position] }} and
            {%- endfor %}
            try_cast({{ dbt.split_part(column, "'.'", loop.index) }} as integer) < {{ number }}
        )
        {%- endfor %},
        false
    )
{%- endmacro %}

{# The first n parts of a text, with their separators. #}
{% macro first_parts(column, separator, n) -%}
    {{ return(adapter.dispatch('first_parts')(column, separator, n)) }}
{%- endmacro %}

{% macro default__first_parts(column, separator, n) -%}
    array_to_string(string_split({{ column }}, '{{ separator }}')[1:{{ n }}], '{{ separator }}')
{%- endmacro %}

{% macro spark__first_parts(column, separator, n) -%}
    substring_index({{ column }}, '{{ separator }}', {{ n }})
{%- endmacro %}

{# How often a character stands in a text. #}
{% macro occurrences(column, character) -%}
    (length({{ column }}) - length(replace({{ column }}, '{{ character }}', '')))
{%- endmacro %}

{# A name such as `prod/eu-1` as words with blanks between them. #}
{% macro words_of(name) -%}
    {%- set found = namespace(words=name) -%}
    {%- for mark in '-_/.:' -%}
        {%- set found.words = "replace(" ~ found.words ~ ", '" ~ mark ~ "', ' ')" -%}
    {%- endfor -%}
    {{ found.words }}
{%- endmacro %}

{# The issue keys in a text of capitals, such as PROJ-12 in ALICE/PROJ-12-FIX-LOGIN. A key may hold an
   underscore, and may as well follow one (FEATURE_PROJ-12): both readings are given, and whoever asks
   keeps those that exist. #}
{% macro issue_keys_in(text) -%}
    {{ dbt.concat([
        "regexp_extract_all(" ~ text ~ ", '([A-Z][A-Z0-9_]+-[1-9][0-9]*)(?:$|[^A-Z0-9])', 1)",
        "regexp_extract_all(" ~ text ~ ", '([A-Z][A-Z0-9]+-[1-9][0-9]*)(?:$|[^A-Z0-9])', 1)",
    ]) }}
{%- endmacro %}

{# The repository that a reference such as `#12`, `name#12` or `owner/name#12` means: the one it stands in,
   its neighbour of that name, or the one of that name on the same host. #}
{% macro referenced_repository(reference, repository) -%}
    case
        when {{ dbt.split_part(reference, "'#'", 1) }} = '' then {{ repository }}
        when {{ occurrences(dbt.split_part(reference, "'#'", 1), '/') }} = 0
            then left({{ repository }}, length({{ repository }}) - length({{ dbt.split_part(repository, "'/'", -1) }}))
            || {{ dbt.split_part(reference, "'#'", 1) }}
        else {{ dbt.concat([dbt.split_part(repository, "'/'", 1), "'/'", dbt.split_part(reference, "'#'", 1)]) }}
    end
{%- endmacro %}

{% macro referenced_number(reference) -%}
    try_cast({{ dbt.split_part(reference, "'#'", 2) }} as bigint)
{%- endmacro %}

{# A quantile, interpolated, as an aggregate that also works over a window. #}
{% macro quantile(column, share) -%}
    {{ return(adapter.dispatch('quantile')(column, share)) }}
{%- endmacro %}

{% macro default__quantile(column, share) -%}
    quantile_cont({{ column }}, {{ share }})
{%- endmacro %}

{% macro spark__quantile(column, share) -%}
    percentile({{ column }}, {{ share }})
{%- endmacro %}

{# Seconds from one moment to another, with their fraction. #}
{% macro seconds_between(earlier, later) -%}
    {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{% macro default__seconds_between(earlier, later) -%}
    (epoch({{ later }}) - epoch({{ earlier }}))
{%- endmacro %}

{% macro spark__seconds_between(earlier, later) -%}
    (cast({{ later }} as double) - cast({{ earlier }} as double))
{%- endmacro %}

{# The distinct items of a group as a sorted list; NULL where there is none. #}
{% macro sorted_list_of(column) -%}
    {{ return(adapter.dispatch('sorted_list_of')(column)) }}
{%- endmacro %}

{% macro default__sorted_list_of(column) -%}
    list_sort(list_distinct(array_agg({{ column }}) filter (where {{ column }} is not null)))
{%- endmacro %}

{% macro spark__sorted_list_of(column) -%}
    sort_array(collect_set({{ column }}))
{%- endmacro %}

{# A list of texts without any. #}
{% macro empty_list() -%}
    {{ return(adapter.dispatch('empty_list')()) }}
{%- endmacro %}

{% macro default__empty_list() -%}
    cast([] as varchar[])
{%- endmacro %}

{% macro spark__empty_list() -%}
    cast(array() as array<string>)
{%- endmacro %}

{# The texts of a group, in their order, as one. #}
{% macro joined_in_order(column, separator) -%}
    {{ return(adapter.dispatch('joined_in_order')(column, separator)) }}
{%- endmacro %}

{% macro default__joined_in_order(column, separator) -%}
    string_agg({{ column }}, '{{ separator }}' order by {{ column }})
{%- endmacro %}

{% macro spark__joined_in_order(column, separator) -%}
    array_join(sort_array(collect_list({{ column }})), '{{ separator }}')
{%- endmacro %}

{# The window of a session's requests in their order; of one moment, by the upper half of their numbers. With all of it what
   the engine sorts by is longer than the 24 bytes that it keeps beside each row, and it looks each one up: a tenth more. #}
{% macro in_session() -%}
    partition by session_number order by occurred_at, cast({{ whole_division('request_number', 4294967296) }} as integer)
{%- endmacro %}
