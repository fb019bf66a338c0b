-- What usage would have cost at each model's first list price: a change of price is no movement of anybody's, and
-- a price that is announced later must not change what was said of an earlier week. Longer contexts and cheaper
-- terms keep their part of the price. And how much it was whatever the model: with each counter at one price for
-- all models, in the proportions that vendors charge, so that moving to a dearer model is no more work.
{{ config(materialized='view') }}
{% set counters = {
    'input_uncached_tokens': ('input_usd_per_mtok', 1),
    'cache_read_tokens': ('cache_read_usd_per_mtok', 0.1),
    'cache_write_tokens': ('cache_write_5m_usd_per_mtok', 1.25),
    'output_tokens': ('output_usd_per_mtok', 5),
} %}

with names as (
    select
        provider,
        model,
        min(price_model) as price_model
    from {{ source('raw', 'models') }}
    where price_model is not null
    group by provider, model
),

prices as (
    select
        *,
        row_number() over (partition by provider, price_model order by valid_from) as place
    from {{ source('raw', 'prices') }}
    where terms = 'standard'
    -- The tier of short contexts.
    qualify row_number() over (partition by provider, price_model, valid_from order by input_above) = 1
),

usage as (
    select
        usage.*,
        coalesce(names.price_model, usage.model) as price_model
    from {{ ref('fct_usage') }} as usage
    left join names on usage.provider = names.provider and usage.model = names.model
),

compared as (
    select
        usage.usage_id,
        usage.person_key,
        usage.usage_date,
        usage.total_tokens,
        {% for tokens, (price, _) in counters.items() %}
        usage.{{ tokens }} * cast(coalesce(first_prices.{{ price }}, 0) as double) {% if not loop.last %}+{% endif %}
        {% endfor %} as at_first_price,
        {% for tokens, (price, _) in counters.items() %}
        usage.{{ tokens }} * cast(coalesce(prices.{{ price }}, 0) as double) {% if not loop.last %}+{% endif %}
        {% endfor %} as at_price_of_day,
        {% for tokens, (_, weight) in counters.items() %}
        usage.{{ tokens }} * {{ weight }} {% if not loop.last %}+{% endif %}
        {% endfor %} as volume
    from usage
    left join prices
        on
            usage.provider = prices.provider
            and usage.price_model = prices.price_model
            and usage.usage_date >= prices.valid_from
            and usage.usage_date < prices.valid_to
    left join prices as first_prices
        on
            usage.provider = first_prices.provider
            and usage.price_model = first_prices.price_model
            and first_prices.place = 1
)

select
    usage_id,
    person_key,
    usage_date,
    total_tokens,
    coalesce(at_first_price / nullif(at_price_of_day, 0), 1) as price_factor,
    cast(volume as double) as volume
from compared
