-- What logs of requests say by person, day, tool and model: what vendors' reports are held against, on the days of
-- which any report tells. A tool that is only the gateway's own name says nothing of who asked.
{% set tool %}
    case
        when said.source in ('litellm', 'bedrock') and lower(said.said_tool) = said.source then null
        else coalesce(tools.tool, lower(said.said_tool))
    end
{% endset %}

select
    days.person_key,
    coalesce(days.is_claimed, false) as is_claimed,
    logged.usage_date,
    {{ tool }} as tool,
    models.provider,
    coalesce(models.price_model, models.model) as model_key,
    cast(sum(logged.requests) as bigint) as requests,
    cast(sum(logged.input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(logged.cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(logged.cache_write_tokens) as bigint) as cache_write_tokens,
    cast(sum(logged.output_tokens) as bigint) as output_tokens
from {{ ref('int_circumstance_days') }} as logged
inner join {{ ref('int_usage_circumstances') }} as said on logged.circumstance_id = said.circumstance_id
left join {{ source('raw', 'models') }} as models
    on
        coalesce(said.said_provider, '') = models.said_provider
        and coalesce(said.said_model, '') = models.said_model
left join {{ ref('tools') }} as tools on lower(said.said_tool) = tools.said
left join {{ ref('int_account_days') }} as days
    on
        said.account_system = days.system
        and said.account_key = days.account_key
        and logged.usage_date = days.day
where
    logged.usage_date in (
        select reports.usage_date from {{ ref('int_vendor_statements') }} as reports where reports.counts_usage
    )
group by
    days.person_key, coalesce(days.is_claimed, false), logged.usage_date, {{ tool }}, models.provider,
    coalesce(models.price_model, models.model)
