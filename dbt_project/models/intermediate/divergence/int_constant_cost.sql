-- What usage would have cost at each model's first list price: a change of price is no movement of anybody's, and
-- a price that is announced later must not change what was said of an earlier week. Longer contexts and cheaper
-- terms keep their part of the price.
{% set counters = {
    'input_uncached_tokens': 'input_usd_per_mtok',
    'cache_read_tokens': 'cache_read_usd_per_mtok',
    'cache_write_tokens': 'cache_write_5m_usd_per_mtok',
    'output_tokens': 'output_usd_per_mtok',
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
    where usage.cost_usd is not null
),

compared as (
    select
        usage.usage_id,
        usage.person_key,
        usage.usage_date,
        cast(usage.cost_usd as double) as cost_usd,
        {% for tokens, price in counters.items() %}
        usage.{{ tokens }} * cast(coalesce(first_prices.{{ price }}, 0) as double) {% if not loop.last %}+{% endif %}
        {% endfor %} as at_first_price,
        {% for tokens, price in counters.items() %}
        usage.{{ tokens }} * cast(coalesce(prices.{{ price }}, 0) as double) {% if not loop.last %}+{% endif %}
        {% endfor %} as at_price_of_day
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
    coalesce(at_first_price / nullif(at_price_of_day, 0), 1) as price_factor,
    cost_usd * coalesce(at_first_price / nullif(at_price_of_day, 0), 1) as constant_cost_usd
from compared
