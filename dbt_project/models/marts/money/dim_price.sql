-- The price book: what a million tokens cost, on which days and on which terms, and who says so.
select
    {{ price_id() }} as price_id,
    provider,
    price_model as model,
    terms,
    valid_from,
    valid_to,
    nullif(input_above, -1) as input_above_tokens,
    input_usd_per_mtok,
    cache_read_usd_per_mtok,
    cache_write_5m_usd_per_mtok,
    cache_write_1h_usd_per_mtok,
    output_usd_per_mtok,
    web_search_usd_per_k,
    coalesce(origin, 'catalogue') as origin
from {{ source('raw', 'prices') }}
