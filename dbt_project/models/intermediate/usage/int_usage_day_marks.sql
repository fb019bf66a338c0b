-- What each day's usage is made of, as one number: of its requests, of what only reports tell, of the models that were
-- used, and of their prices. Where two builds have the same mark of a day, its priced usage is the same; where they
-- have the same `placed_mark`, it is also of the same people and teams, in the same places; where they have the same
-- `named_mark`, repositories and branches are called the same as well.
{% set prices = [] %}
{% for column in ['provider', 'price_model', 'terms', 'valid_from', 'input_above', 'origin'] + prices_per_token() %}
{% do prices.append('prices.' ~ column) %}
{% endfor %}

with models as (
    select distinct
        usage_date,
        provider,
        price_model,
        terms
    from {{ ref('int_circumstances_placed') }}
),

parts as (
    select
        usage_date,
        mark as part
    from {{ ref('int_circumstance_days') }}
    union all
    select
        usage_date,
        {{ number_of(['requests', 'is_long_context'] + counted_of_requests()) }}
    from {{ ref('int_vendor_counted') }}
    union all
    select
        usage_date,
        {{ number_of(['circumstance_id', 'provider', 'price_model', 'terms']) }}
    from {{ ref('int_circumstances_placed') }}
    union all
    select
        models.usage_date,
        {{ number_of(prices) }}
    from models
    inner join {{ source('raw', 'prices') }} as prices
        on
            models.provider = prices.provider
            and models.price_model = prices.price_model
            and models.terms = prices.terms
            and models.usage_date >= prices.valid_from
            and models.usage_date < prices.valid_to
),

priced as (
    select
        usage_date,
        {{ mark_of(['usage_date'], 'part') }} as mark
    from parts
    group by usage_date
),

named as (
    select
        places.usage_date,
        {{ mark_of(['places.usage_date'], number_of([
            'places.repository_key', 'repositories.repository', 'places.branch_key', 'branches.name'
        ])) }} as mark
    from (
        select distinct
            usage_date,
            repository_key,
            branch_key
        from {{ ref('int_circumstances_placed') }}
    ) as places
    left join {{ ref('int_repositories') }} as repositories on places.repository_key = repositories.repository_key
    left join {{ ref('stg_names') }} as branches on places.branch_key = branches.name_key and branches.kind = 'branch'
    group by places.usage_date
)

select
    priced.usage_date,
    priced.mark,
    {{ number_of(['priced.mark', 'placed.mark']) }} as placed_mark,
    {{ number_of(['priced.mark', 'placed.mark', 'named.mark']) }} as named_mark
from priced
left join {{ ref('int_placing_day_marks') }} as placed on priced.usage_date = placed.usage_date
left join named on priced.usage_date = named.usage_date
