-- What is invoiced: of each billing account and billing period the latest export, with all of its parts, as a whole.
-- A row that it leaves out is gone; a correction in a later period stays apart, in the charge period it speaks of.
with charges as (
    select
        *,
        max(extracted_at) over (partition by billing_account, billing_period_start) as latest_at
    from ({{ current_bills('focus_charges') }}) as rows_of_exports
),

latest as (
    select
        *,
        max(case when extracted_at = latest_at then export end)
            over (partition by billing_account, billing_period_start) as latest_export
    from charges
)

select
    *,
    cast(charge_period_start as date) as usage_date,
    upper(coalesce(currency, 'USD')) = 'USD' as is_in_dollars,
    coalesce(
        service_category = 'AI and Machine Learning'
        and coalesce(service_subcategory, 'Generative AI') = 'Generative AI', false
    )
    or model is not null
    or lower(seller) in ('anthropic', 'openai', 'github copilot', 'cursor') as is_ai
from latest
where extracted_at = latest_at or export = latest_export
