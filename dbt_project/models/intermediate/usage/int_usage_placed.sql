-- Priced usage with its circumstances: whose it was, in which team, in which repository, with which tool.
{{ config(materialized='view') }}

select
    priced.request_number,
    placed.usage_id,
    priced.usage_date,
    placed.person_key,
    placed.team_id,
    placed.source,
    placed.tool,
    placed.provider,
    placed.model,
    placed.model_key,
    placed.repository_key,
    placed.branch_key,
    placed.session_id,
    priced.occurred_at,
    placed.is_aggregate,
    priced.requests,
    priced.input_uncached_tokens,
    priced.cache_read_tokens,
    priced.cache_write_tokens,
    priced.output_tokens,
    priced.total_tokens,
    priced.unpriced_tokens,
    priced.cost_units,
    priced.price_number,
    priced.vendor_cost_usd,
    placed.vendor_cost_basis,
    placed.output_quality,
    placed.tag_issue,
    placed.tag_pull_request,
    placed.tag_commit
from {{ ref('int_usage_priced') }} as priced
inner join {{ ref('int_circumstances_placed') }} as placed
    on priced.circumstance_id = placed.circumstance_id and priced.usage_date = placed.usage_date
