-- Usage that counts, requests and what only vendors' reports tell of, with its list price of the day. The tier is a
-- cliff: a request whose input exceeds it, cached tokens included, pays the higher price for all of its tokens. A model
-- without a price has no cost, and its tokens stay visible.
-- A day is made anew when something that it is made of is not what it was: nothing else has to be thought of.
-- The engine guesses that there are more prices than requests, because of the ranges, and would keep all requests in
-- memory to look each price up in them: twice the time, and twice the memory.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_usage_day_marks') }}",
        sql_header=without_optimizer('build_side_probe_side'),
        post_hook='{{ with_the_usual_optimizers() }}'
    )
}}

{% set prices = prices_per_token() %}

with days as (
    select
        usage_date,
        mark
    from {{ ref('int_usage_day_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

requests as (
    select
        circumstance_id,
        {{ counted_of_requests() | join(', ') }},
        web_searches,
        1 as requests,
        input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens
            as input_of_one_request
    from {{ ref('int_usage_requests') }}
    union all
    select
        request_number,
        {{ counted_of_requests() | join(', ') }},
        0,
        requests,
        -- How long its requests were, a report says by naming the tier, if at all.
        case when is_long_context then 200001 else 0 end
    from {{ ref('int_vendor_counted') }}
),

tiers as (
    select
        *,
        {{ number_of([price_id()]) }} as price_number,
        {% for price in prices %}
        {{ in_millionths(price) }} as {{ price }}_in_millionths,
        {% endfor %}
        lead(input_above) over (
            partition by provider, price_model, terms, valid_from order by input_above
        ) as input_up_to
    from {{ source('raw', 'prices') }}
),

prices as (
    select
        placed.circumstance_id,
        placed.usage_date,
        tiers.price_number,
        tiers.input_above,
        coalesce(tiers.input_up_to, 9223372036854775807) as input_up_to,
        {% for price in prices %}
        tiers.{{ price }},
        tiers.{{ price }}_in_millionths{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_circumstances_placed') }} as placed
    inner join days on placed.usage_date = days.usage_date
    inner join tiers
        on
            placed.provider = tiers.provider
            and placed.price_model = tiers.price_model
            and placed.terms = tiers.terms
            and placed.usage_date >= tiers.valid_from
            and placed.usage_date < tiers.valid_to
),

priced as (
    select
        requests.*,
        days.mark as made_of,
        prices.price_number,
        {{ cost_units('requests.input_uncached_tokens', 'prices.input_usd_per_mtok') }}
        + {{ cost_units('requests.cache_read_tokens', 'prices.cache_read_usd_per_mtok') }}
        + {{ cost_units('requests.output_tokens', 'prices.output_usd_per_mtok') }}
        + {{ cost_units('requests.web_searches * 1000', 'prices.web_search_usd_per_k') }} as other_units,
        {{ cost_units('requests.cache_write_5m_tokens', 'prices.cache_write_5m_usd_per_mtok') }}
        + {{ cost_units('requests.cache_write_1h_tokens', 'prices.cache_write_1h_usd_per_mtok') }} as writes_units,
        {{ cost_units('requests.cache_write_5m_tokens', 'prices.cache_write_1h_usd_per_mtok') }}
            as writes_for_an_hour_units
    from requests
    inner join days on requests.usage_date = days.usage_date
    left join prices
        on
            requests.circumstance_id = prices.circumstance_id
            and requests.usage_date = prices.usage_date
            and requests.input_of_one_request > prices.input_above
            and requests.input_of_one_request <= prices.input_up_to
),

costed as (
    select
        *,
        -- An export that does not say for how long the cache was written to gives a cost instead: of the
        -- two possible prices the one nearer to it is the one that was paid.
        other_units + case
            when
                not cache_writes_are_split
                and abs(vendor_cost_usd - {{ in_dollars('other_units + writes_for_an_hour_units') }})
                < abs(vendor_cost_usd - {{ in_dollars('other_units + writes_units') }})
                then writes_for_an_hour_units
            else writes_units
        end as cost_units
    from priced
)

select
    request_number,
    circumstance_id,
    usage_date,
    occurred_at,
    requests,
    input_uncached_tokens,
    cache_read_tokens,
    cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens,
    output_tokens,
    total_tokens,
    case when cost_units is null then total_tokens else 0 end as unpriced_tokens,
    cost_units,
    case when cost_units is not null then price_number end as price_number,
    vendor_cost_usd,
    made_of
from costed
