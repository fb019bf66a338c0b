-- What every vendor reports, and what clients report in metrics, in the same words: by report, day, account and model,
-- as the latest extraction has it. Reports carry no requests. A model is known by what the price book calls it.
{% set reports = [
    'stg_anthropic__reported_usage',
    'stg_openai__reported_usage',
    'stg_copilot__reported_usage',
    'stg_cursor__reported_usage',
    'stg_kiro__reported_usage',
    'stg_q_developer__reported_usage',
    'stg_focus__reported_usage',
    'stg_otel__reported_usage',
] %}

{% set columns %}
    load_id, source, report, said_tool, said_provider, said_model, account_system, account_key, terms,
    is_long_context, cost_center, usage_date, requests, input_uncached_tokens, cache_read_tokens,
    cache_write_5m_tokens, cache_write_1h_tokens, output_tokens, vendor_cost_usd, vendor_cost_basis
{% endset %}

with statements as (
    {% for report in reports %}
    select {{ columns }} from {{ ref(report) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

named as (
    select
        statements.*,
        coalesce(tools.tool, lower(statements.said_tool)) as tool,
        coalesce(said.provider, statements.said_provider, nullif(plain.provider, 'unknown')) as provider,
        coalesce(said.price_model, plain.price_model) as price_model
    from statements
    left join {{ ref('tools') }} as tools on lower(statements.said_tool) = tools.said
    left join {{ source('raw', 'models') }} as said
        on statements.said_provider = said.said_provider and statements.said_model = said.said_model
    left join {{ source('raw', 'models') }} as plain
        on plain.said_provider = '' and statements.said_model = plain.said_model
)

select
    named.*,
    coalesce(named.price_model, named.said_model) as model_key,
    coalesce(named.input_uncached_tokens, 0) + coalesce(named.cache_read_tokens, 0)
    + coalesce(named.cache_write_5m_tokens, 0) + coalesce(named.cache_write_1h_tokens, 0)
    + coalesce(named.output_tokens, 0) as total_tokens,
    named.output_tokens is not null or named.requests is not null as counts_usage,
    -- A day is reported anew until it is so old.
    coalesce(
        cast(loads.extracted_at as date)
        <= {{ dbt.dateadd('day', 'coalesce(order_of_reports.revised_days, 1)', 'named.usage_date') }},
        false
    ) as is_provisional,
    coalesce(order_of_reports.says_again, named.source) as says_again,
    coalesce(order_of_reports.rank, 9) as report_rank
from named
left join {{ source('audit', 'loads') }} as loads on named.load_id = loads.load_id
left join {{ ref('vendor_reports') }} as order_of_reports
    on named.source = order_of_reports.source and named.report = order_of_reports.report
