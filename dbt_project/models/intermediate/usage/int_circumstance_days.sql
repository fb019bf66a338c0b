-- On which days something was used under which circumstances, and how much: what has to be known to place requests and
-- to hold reports against them. The mark is one number of all that pricing takes from them. A day is made anew when its
-- requests are not what they were.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_request_day_marks') }}"
    )
}}

with days as (
    select
        usage_date,
        mark
    from {{ ref('int_request_day_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
)

select
    requests.circumstance_id,
    days.usage_date,
    count(*) as requests,
    cast(sum(requests.input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(requests.cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(requests.cache_write_5m_tokens + requests.cache_write_1h_tokens) as bigint) as cache_write_tokens,
    cast(sum(requests.output_tokens) as bigint) as output_tokens,
    {{ mark_of(['requests.circumstance_id'], 'requests.mark') }} as mark,
    days.mark as made_of
from {{ ref('int_usage_requests') }} as requests
inner join days on requests.usage_date = days.usage_date
group by requests.circumstance_id, days.usage_date, days.mark
