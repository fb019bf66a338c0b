-- What each person spent in a week, at constant prices and by volume, by the fate of the work it went into: so that
-- what was known at the end of any week can be told later. Usage that nothing ties to work is settled when it is spent.
with parts as (
    select
        costs.person_key,
        cast({{ dbt.date_trunc('week', 'costs.usage_date') }} as date) as week_start,
        ledger.outcome_id,
        cast(ledger.cost_usd as double) * costs.price_factor as cost_usd,
        costs.volume * {{ ratio('ledger.tokens', 'costs.total_tokens') }} as volume
    from {{ ref('fct_attribution') }} as ledger
    inner join {{ ref('int_constant_cost') }} as costs on ledger.usage_id = costs.usage_id
    where costs.person_key is not null
)

select
    parts.person_key,
    parts.week_start,
    fates.opened_week,
    case when fates.outcome_id is null then parts.week_start else fates.settled_week end as settled_week,
    fates.undone_week,
    coalesce(fates.has_worth, false) as has_worth,
    coalesce(fates.is_explained, false) as is_explained,
    sum(parts.cost_usd) as cost_usd,
    sum(parts.volume) as volume
from parts
left join {{ ref('int_outcome_fates') }} as fates on parts.outcome_id = fates.outcome_id
group by
    parts.person_key, parts.week_start, fates.opened_week, fates.undone_week, fates.has_worth, fates.is_explained,
    case when fates.outcome_id is null then parts.week_start else fates.settled_week end
