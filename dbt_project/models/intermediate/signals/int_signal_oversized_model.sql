-- The price level of the models that were used: what a model charges for the same tokens, as found in what all
-- requests of that model cost. An input token counts as one, one read from the cache as a tenth, an output token
-- as five, which is how vendors price them.
{% set weight = 'input_uncached_tokens + 0.1 * cache_read_tokens + 1.25 * cache_write_tokens + 5 * output_tokens' %}

with weighed_usage as (
    select
        person_key,
        team_id,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        provider,
        model,
        requests,
        total_tokens,
        cost_usd,
        {{ weight }} as weighed_tokens
    from {{ ref('fct_usage') }}
    where person_key is not null and cost_usd > 0
),

totals as (
    select
        count(distinct person_key) as people,
        sum(cost_usd) / sum(weighed_tokens) as usual_price
    from weighed_usage
),

-- What a fifth of the people use is an accepted choice, and so is whatever costs no more: a model that came out
-- yesterday is used by few. Up to that price, what models differ in counts half.
levels as (
    select
        used.provider,
        used.model,
        sum(used.cost_usd) / sum(used.weighed_tokens) / totals.usual_price as price,
        count(distinct used.person_key) >= 0.2 * totals.people as is_accepted
    from weighed_usage as used
    cross join totals
    group by used.provider, used.model, totals.usual_price, totals.people
),

accepted as (
    select coalesce(max(case when is_accepted and price > 1 then price end), 1) as price from levels
),

weighed_levels as (
    select
        levels.provider,
        levels.model,
        levels.price,
        1 + (least(levels.price, accepted.price) - 1) / 2 + greatest(levels.price - accepted.price, 0) as counted_price
    from levels
    cross join accepted
),

weeks as (
    select
        used.person_key,
        max(used.team_id) as team_id,
        used.week_start,
        sum(used.requests) * sum(used.weighed_tokens * levels.counted_price) / sum(used.weighed_tokens) as amount,
        sum(used.requests) as base,
        sum(case when levels.price > 1.3 then used.total_tokens else 0 end) as tokens,
        sum(case when levels.price > 1.3 then used.cost_usd else 0 end) as cost_usd
    from weighed_usage as used
    inner join weighed_levels as levels on used.provider = levels.provider and used.model = levels.model
    group by used.person_key, used.week_start
),

{{ compared('weeks', prior=60, floor=0.25, days=28, sustained=false, habit=0.9) }}

select
    {{ signal_columns('oversized_model') }},
    {{ dbt.concat([
        "'The models used charge '", one_decimal('observed'), "' times what is usual for the same tokens; '",
        one_decimal('expected'), "' was to be expected.'"
    ]) }} as explanation,
    {{ benign('A new model that others will move to as well, or harder work than before.') }} as benign_explanation
from compared
where evidence > 0
