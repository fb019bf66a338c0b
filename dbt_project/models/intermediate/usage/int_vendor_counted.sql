-- Usage of which only a vendor's report tells: one row a report, person, day and model, in the words of requests.
-- It has a day and no moment, and neither session nor branch. A vendor's own cost of it is kept where no log tells
-- of any part of it.
with counted as (
    select * from {{ ref('int_vendor_of_people') }}
    union all
    select * from {{ ref('int_vendor_of_organisations') }}
)

select
    row_key as request_key,
    {{ number_of(['row_key']) }} as request_number,
    source,
    report,
    coalesce(tool, source) as said_tool,
    account_system,
    account_key,
    known_provider as provider,
    said_model as model,
    price_model,
    terms,
    is_long_context,
    missing_requests as requests,
    missing_input_uncached_tokens as input_uncached_tokens,
    missing_cache_read_tokens as cache_read_tokens,
    missing_cache_write_tokens - least(missing_cache_write_tokens, coalesce(cache_write_1h_tokens, 0))
        as cache_write_5m_tokens,
    least(missing_cache_write_tokens, coalesce(cache_write_1h_tokens, 0)) as cache_write_1h_tokens,
    cache_write_1h_tokens is not null or missing_cache_write_tokens = 0 as cache_writes_are_split,
    missing_output_tokens as output_tokens,
    missing_tokens as total_tokens,
    -- A hundred million dollars in a row are a damaged bill, and have no cost here rather than ending the build.
    try_cast(case when not is_logged then vendor_cost_usd end as decimal(18, 10)) as vendor_cost_usd,
    case
        when not is_logged and try_cast(vendor_cost_usd as decimal(18, 10)) is not null then vendor_cost_basis
    end as vendor_cost_basis,
    usage_date,
    cast(usage_date as timestamp) as occurred_at
from counted
-- Requests alone count where nothing is known of their tokens, by whomever.
where missing_tokens > 0 or (total_tokens = 0 and not is_logged and missing_requests > 0)
