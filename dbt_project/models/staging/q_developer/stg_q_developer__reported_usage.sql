-- What Q Developer's report says by day and account, in the words that all reports share: what was asked of it.
{% set asked = [
    'chat_messagessent', 'inline_suggestionscount', 'inlinechat_totaleventcount', 'dev_generationeventcount',
    'codefix_generationeventcount', 'codereview_succeededeventcount', 'codereview_failedeventcount',
    'docgeneration_eventcount', 'testgeneration_eventcount', 'transformation_eventcount'
] %}

with days as (
    select *
    from ({{ current_rows('q_developer_user_days') }}) as days
    qualify row_number() over (partition by used_on, account_key order by extracted_at desc, load_id desc) = 1
)

select
    load_id,
    'q_developer' as source,
    'by_user_analytic' as report,
    'q_developer' as said_tool,
    'aws' as said_provider,
    cast(null as string) as said_model,
    'q_developer' as account_system,
    account_key,
    'standard' as terms,
    false as is_long_context,
    cast(null as string) as cost_center,
    used_on as usage_date,
    cast(
        {% for count in asked %}
        coalesce({{ count }}, 0){% if not loop.last %} + {% endif %}
        {% endfor %}
        as bigint
    ) as requests,
    {% for counter in var('counts_of_reports') %}
    cast(null as bigint) as {{ counter }},
    {% endfor %}
    cast(null as decimal(20, 10)) as vendor_cost_usd,
    cast(null as string) as vendor_cost_basis
from days
