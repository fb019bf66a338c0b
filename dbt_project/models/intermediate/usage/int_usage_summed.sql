-- Priced usage of a day by its circumstances and price: what only asks for sums need not read requests. A day is made
-- anew when something that its priced usage is made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_usage_day_marks') }}"
    )
}}

{% set counters = [
    'requests', 'input_uncached_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens', 'total_tokens',
    'unpriced_tokens',
] %}

with days as (
    select mark
    from {{ ref('int_usage_day_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

added as (
    select
        priced.circumstance_id,
        priced.usage_date,
        priced.price_number,
        min(priced.occurred_at) as first_at,
        max(priced.occurred_at) as last_at,
        {% for counter in counters %}
        cast(sum(priced.{{ counter }}) as bigint) as {{ counter }},
        {% endfor %}
        max(priced.total_tokens) as most_tokens,
        {{ in_dollars('sum(priced.cost_units)') }} as cost_usd,
        cast(sum(priced.vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
        -- Of requests with both, what can be compared.
        {{ in_dollars('sum(case when priced.vendor_cost_usd is not null then priced.cost_units end)') }}
            as cost_beside_vendor_usd,
        cast(sum(case when priced.cost_units is not null then priced.vendor_cost_usd end) as decimal(20, 10))
            as vendor_cost_beside_usd,
        priced.made_of
    from {{ ref('int_usage_priced') }} as priced
    inner join days on priced.made_of = days.mark
    group by priced.circumstance_id, priced.usage_date, priced.price_number, priced.made_of
),

price_book as (
    select
        {{ price_id() }} as price_id,
        {{ number_of([price_id()]) }} as price_number
    from {{ source('raw', 'prices') }}
)

select
    added.circumstance_id,
    added.usage_date,
    price_book.price_id,
    added.first_at,
    added.last_at,
    {% for counter in counters %}
    added.{{ counter }},
    {% endfor %}
    added.most_tokens,
    added.cost_usd,
    added.vendor_cost_usd,
    added.cost_beside_vendor_usd,
    added.vendor_cost_beside_usd,
    added.made_of
from added
left join price_book on added.price_number = price_book.price_number
