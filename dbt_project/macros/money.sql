{# What tokens cost, in units of the last decimal of a dollar, from a price in dollars per million, beside which the same
   price stands as `…_in_millionths`: rounded once to ten places. Nearly every price has six places at most, and then
   whole numbers do: to divide a wide decimal for each counter of a request took longer than all the rest of pricing and
   placing, and to add counters up as dollars a fifth of what was left. Other prices are multiplied as decimals, wide
   because the engine multiplies two narrow ones in 18 digits, which a billion tokens overflow. No tokens cost nothing
   even where no price is known; a hundred million dollars for one row are a damaged count of tokens, and have no cost
   rather than ending the build. #}
{% macro cost_units(tokens, usd_per_mtok) -%}
    {%- set in_millionths = usd_per_mtok ~ '_in_millionths' -%}
    case
        when {{ tokens }} = 0 then 0
        when {{ in_millionths }} is not null and {{ tokens }} between 0 and 1000000000
            then {{ whole_division(tokens ~ ' * ' ~ in_millionths ~ ' + 50', 100) }}
        else {{ in_units("try_cast(try_cast(" ~ tokens ~ " as decimal(12, 0)) * cast(" ~ usd_per_mtok ~ " as decimal(20, 10))"
            ~ " * cast(0.000001 as decimal(6, 6)) as decimal(18, 10))") }}
    end
{%- endmacro %}

{# The classes of a price, in the columns of the price book. #}
{% macro prices_per_token() -%}
    {{ return([
        'input_usd_per_mtok', 'cache_read_usd_per_mtok', 'cache_write_5m_usd_per_mtok', 'cache_write_1h_usd_per_mtok',
        'output_usd_per_mtok', 'web_search_usd_per_k',
    ]) }}
{%- endmacro %}

{# A price as a whole number of millionths of a dollar; NULL where it is none, or so high that a billion tokens at it
   would not fit a bigint. #}
{% macro in_millionths(usd) -%}
    case
        when {{ usd }} between 0 and 9000 and cast({{ usd }} * 1000000 as bigint) = {{ usd }} * 1000000
            then cast({{ usd }} * 1000000 as bigint)
    end
{%- endmacro %}

{# One figure over another, NULL where there is nothing to divide by. #}
{% macro ratio(figure, of) -%}
    cast({{ figure }} as double) / nullif(cast({{ of }} as double), 0)
{%- endmacro %}

{# Dollars as a whole number of units of the last decimal, so that no rounding can lose one. #}
{% macro in_units(cost_usd) -%}
    cast({{ cost_usd }} * 10000000000 as bigint)
{%- endmacro %}

{% macro in_dollars(units) -%}
    cast(cast({{ units }} as decimal(20, 0)) * cast(0.0000000001 as decimal(10, 10)) as decimal(20, 10))
{%- endmacro %}

{# The share of one of several places in a whole number; what does not divide goes to the first ones. #}
{% macro share_of(amount, place, places) -%}
    {{ whole_division(amount, places) }} + case when {{ place }} <= mod({{ amount }}, {{ places }}) then 1 else 0 end
{%- endmacro %}

{# A figure that came out of Python, where what is not known is not a number. #}
{% macro unless_nan(figure) -%}
    case when not isnan({{ figure }}) then {{ figure }} end
{%- endmacro %}

{# The name of a row of the price book: it says what is priced, under which terms, since when, and above how long an
   input. #}
{% macro price_id() -%}
    {%- set text = dbt.type_string() -%}
    {%- set tier = dbt.concat(["'/over '", "cast(input_above as " ~ text ~ ")"]) -%}
    {{ dbt.concat([
        'provider', "'/'", 'price_model', "'/'", 'terms', "'/'", "cast(valid_from as " ~ text ~ ")",
        "case when input_above >= 0 then " ~ tier ~ " else '' end",
        "case when origin = 'override' then '/own rate' else '' end"
    ]) }}
{%- endmacro %}
