-- What logs of requests say by person, day, tool and model: what vendors' reports are held against. A tool that is
-- only the gateway's own name says nothing of who asked.
{% set tool %}
    case
        when requests.source in ('litellm', 'bedrock') and lower(requests.said_tool) = requests.source then null
        else coalesce(tools.tool, lower(requests.said_tool))
    end
{% endset %}

select
    days.person_key,
    coalesce(days.is_claimed, false) as is_claimed,
    cast(requests.occurred_at as date) as usage_date,
    {{ tool }} as tool,
    models.provider,
    coalesce(models.price_model, models.model) as model_key,
    count(*) as requests,
    cast(sum(requests.input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(requests.cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(requests.cache_write_5m_tokens + requests.cache_write_1h_tokens) as bigint) as cache_write_tokens,
    cast(sum(requests.output_tokens) as bigint) as output_tokens
from {{ ref('int_usage_requests') }} as requests
left join {{ source('raw', 'models') }} as models
    on
        coalesce(requests.said_provider, '') = models.said_provider
        and coalesce(requests.said_model, '') = models.said_model
left join {{ ref('tools') }} as tools on lower(requests.said_tool) = tools.said
left join {{ ref('int_account_days') }} as days
    on
        requests.account_system = days.system
        and requests.account_key = days.account_key
        and cast(requests.occurred_at as date) = days.day
group by
    days.person_key, coalesce(days.is_claimed, false), cast(requests.occurred_at as date), {{ tool }}, models.provider,
    coalesce(models.price_model, models.model)
