{# What tokens cost, in dollars, from a price in dollars per million: decimal all the way, rounded once
   to ten places. No tokens cost nothing even where no price is known. #}
{% macro dollars(tokens, usd_per_mtok) -%}
    case
        when {{ tokens }} = 0 then 0
        else cast(
            cast({{ tokens }} as decimal(13, 0)) * cast({{ usd_per_mtok }} as decimal(16, 10)) * cast(0.000001 as decimal(6, 6))
            as decimal(20, 10)
        )
    end
{%- endmacro %}

{# One figure over another, NULL where there is nothing to divide by. #}
{% macro ratio(figure, of) -%}
    cast({{ figure }} as double) / nullif(cast({{ of }} as double), 0)
{%- endmacro %}
