-- The price level of the models that were used: what a model charges for the same tokens, as found in what all
-- requests of that model cost. An input token counts as one, one read from the cache as a tenth, an output token
-- as five, which is how vendors price them.
{% set weight = 'input_uncached_tokens + 0.1 * cache_read_tokens + 1.25 * cache_write_tokens + 5 * output_tokens' %}

with levels as (
    select
        provider,
        model,
        ln(sum(cost_usd) / sum({{ weight }})) as log_price
    from {{ ref('fct_usage') }}
    where cost_usd > 0
    group by provider, model
),

used as (
    select
        usage.person_key,
        max(usage.team_id) as team_id,
        cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date) as week_start,
        sum(usage.requests) as requests,
        sum(usage.cost_usd * levels.log_price) / sum(usage.cost_usd) as log_price,
        sum(usage.total_tokens) as tokens,
        sum(usage.cost_usd) as cost_usd
    from {{ ref('fct_usage') }} as usage
    inner join levels on usage.provider = levels.provider and usage.model = levels.model
    where usage.person_key is not null and usage.cost_usd > 0
    group by usage.person_key, cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date)
),

weeks as (
    select
        person_key,
        team_id,
        week_start,
        requests * log_price as amount,
        requests as base,
        tokens,
        cost_usd
    from used
),

{{ compared('weeks', prior=80, floor=0.25, days=28, sustained=false, habit=0.8) }}

select
    {{ signal_columns('oversized_model', 'exp(observed) * 1e6', 'exp(expected) * 1e6') }},
    {{ dbt.concat([
        "'The models used cost '", one_decimal('exp(observed - expected)'),
        "' times of what would be usual for the same tokens.'"
    ]) }} as explanation,
    {{ benign('A new model that others will move to as well, or harder work than before.') }} as benign_explanation
from compared
where evidence > 0
