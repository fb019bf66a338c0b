-- On which days something was used under which circumstances, and how much: what has to be known to place requests and
-- to hold reports against them. The mark is one number of all that pricing takes from them.
select
    circumstance_id,
    cast(occurred_at as date) as usage_date,
    count(*) as requests,
    cast(sum(input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(cache_write_5m_tokens + cache_write_1h_tokens) as bigint) as cache_write_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    {{ mark_of(['circumstance_id'], number_of(['web_searches'] + counted_of_requests())) }} as mark
from {{ ref('int_usage_requests') }}
group by circumstance_id, cast(occurred_at as date)
