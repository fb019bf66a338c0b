-- What Kiro's report says by day, account and model, in the words that all reports share: messages, no tokens. What
-- the models' columns do not add up to is of no known model. A credit over the plan's costs four cents.
with days as (
    select * from {{ ref('stg_kiro__user_days') }}
),

models as (
    select
        models.*
    from {{ source('raw', 'kiro_model_days') }} as models
    inner join days
        on
            models.load_id = days.load_id
            and models.used_on = days.used_on
            and models.account_key = days.account_key
            and coalesce(models.client_type, '') = coalesce(days.client_type, '')
            and coalesce(models.profile_id, '') = coalesce(days.profile_id, '')
),

said as (
    select
        load_id, account_key, used_on, model, messages as requests, cast(null as decimal(20, 10)) as vendor_cost_usd
    from models
    union all
    select load_id, account_key, used_on, null, messages, cast(overage_credits * 0.04 as decimal(20, 10))
    from days
    union all
    select load_id, account_key, used_on, null, -messages, null
    from models
)

select
    max(load_id) as load_id,
    'kiro' as source,
    'user_report' as report,
    'kiro' as said_tool,
    cast(null as string) as said_provider,
    model as said_model,
    'kiro' as account_system,
    account_key,
    'standard' as terms,
    false as is_long_context,
    cast(null as string) as cost_center,
    used_on as usage_date,
    cast(greatest(sum(requests), 0) as bigint) as requests,
    {% for counter in var('counts_of_reports') %}
    cast(null as bigint) as {{ counter }},
    {% endfor %}
    cast(sum(vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    max(case when vendor_cost_usd is not null then 'billed' end) as vendor_cost_basis
from said
group by account_key, used_on, model
having sum(requests) > 0 or sum(vendor_cost_usd) is not null
