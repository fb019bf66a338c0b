-- Requests with their list price of the day. The tier is a cliff: a request whose input exceeds it,
-- cached tokens included, pays the higher price for all of its tokens. A model without a price has
-- no cost, and its tokens stay visible.
{{ config(materialized='view') }}

with requests as (
    select
        requests.*,
        cast(requests.occurred_at as date) as usage_date,
        requests.input_uncached_tokens + requests.cache_read_tokens + requests.cache_write_5m_tokens
        + requests.cache_write_1h_tokens as input_tokens,
        models.provider,
        models.model,
        models.price_model
    from {{ ref('int_usage_requests') }} as requests
    left join {{ source('raw', 'models') }} as models
        on
            coalesce(requests.said_provider, '') = models.said_provider
            and coalesce(requests.said_model, '') = models.said_model
),

prices as (
    select
        *,
        lead(input_above) over (
            partition by provider, price_model, terms, valid_from order by input_above
        ) as input_up_to
    from {{ source('raw', 'prices') }}
),

priced as (
    select
        requests.*,
        {{ dollars('requests.input_uncached_tokens', 'prices.input_usd_per_mtok') }}
        + {{ dollars('requests.cache_read_tokens', 'prices.cache_read_usd_per_mtok') }}
        + {{ dollars('requests.output_tokens', 'prices.output_usd_per_mtok') }}
        + {{ dollars('requests.web_searches * 1000', 'prices.web_search_usd_per_k') }} as other_usd,
        {{ dollars('requests.cache_write_5m_tokens', 'prices.cache_write_5m_usd_per_mtok') }}
        + {{ dollars('requests.cache_write_1h_tokens', 'prices.cache_write_1h_usd_per_mtok') }} as writes_usd,
        {{ dollars('requests.cache_write_5m_tokens', 'prices.cache_write_1h_usd_per_mtok') }} as writes_for_an_hour_usd
    from requests
    left join prices
        on
            requests.provider = prices.provider
            and requests.price_model = prices.price_model
            and requests.terms = prices.terms
            and requests.usage_date >= prices.valid_from
            and requests.usage_date < prices.valid_to
            and requests.input_tokens > prices.input_above
            and requests.input_tokens <= coalesce(prices.input_up_to, requests.input_tokens)
)

select
    *,
    -- An export that does not say for how long the cache was written to gives a cost instead: of the
    -- two possible prices the one nearer to it is the one that was paid.
    cast(
        other_usd + case
            when
                not cache_writes_are_split
                and abs(vendor_cost_usd - other_usd - writes_for_an_hour_usd)
                < abs(vendor_cost_usd - other_usd - writes_usd)
                then writes_for_an_hour_usd
            else writes_usd
        end as decimal(20, 10)
    ) as cost_usd
from priced
