-- Usage that counts, requests and what only vendors' reports tell of, with its list price of the day. The tier is a
-- cliff: a request whose input exceeds it, cached tokens included, pays the higher price for all of its tokens. A model
-- without a price has no cost, and its tokens stay visible.
{{ config(materialized='view') }}

{% set of_both = [
    'request_key', 'source', 'said_tool', 'account_system', 'account_key', 'terms', 'input_uncached_tokens',
    'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens', 'cache_writes_are_split', 'output_tokens',
    'total_tokens', 'vendor_cost_usd', 'vendor_cost_basis', 'occurred_at'
] %}
{% set of_requests = [
    'session_id', 'branch_key', 'folder_key', 'repository_key', 'tag_issue', 'tag_pull_request', 'tag_commit'
] %}
{% set prices = [
    'input_usd_per_mtok', 'cache_read_usd_per_mtok', 'cache_write_5m_usd_per_mtok', 'cache_write_1h_usd_per_mtok',
    'output_usd_per_mtok', 'web_search_usd_per_k',
] %}

with requests as (
    select
        {% for column in of_both + of_requests %}
        requests.{{ column }},
        {% endfor %}
        requests.output_quality,
        requests.web_searches,
        1 as requests,
        false as is_aggregate,
        cast(null as string) as report,
        requests.input_uncached_tokens + requests.cache_read_tokens + requests.cache_write_5m_tokens
        + requests.cache_write_1h_tokens as input_of_one_request,
        models.provider,
        models.model,
        models.price_model
    from {{ ref('int_usage_requests') }} as requests
    left join {{ source('raw', 'models') }} as models
        on
            coalesce(requests.said_provider, '') = models.said_provider
            and coalesce(requests.said_model, '') = models.said_model
    union all
    select
        {% for column in of_both %}
        {{ column }},
        {% endfor %}
        {% for column in of_requests %}
        null,
        {% endfor %}
        'final',
        0,
        requests,
        true,
        report,
        -- How long its requests were, a report says by naming the tier, if at all.
        case when is_long_context then 200001 else 0 end,
        coalesce(provider, 'unknown'),
        model,
        price_model
    from {{ ref('int_vendor_counted') }}
),

prices as (
    select
        *,
        {{ price_id() }} as price_id,
        {% for price in prices %}
        {{ in_millionths(price) }} as {{ price }}_in_millionths,
        {% endfor %}
        lead(input_above) over (
            partition by provider, price_model, terms, valid_from order by input_above
        ) as input_up_to
    from {{ source('raw', 'prices') }}
),

priced as (
    select
        requests.*,
        prices.price_id,
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
            and cast(requests.occurred_at as date) >= prices.valid_from
            and cast(requests.occurred_at as date) < prices.valid_to
            and requests.input_of_one_request > prices.input_above
            and requests.input_of_one_request <= coalesce(prices.input_up_to, requests.input_of_one_request)
)

select
    *,
    cast(occurred_at as date) as usage_date,
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
