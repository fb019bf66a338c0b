-- Use of each hour (UTC) of a day by a person. A day is made anew when its usage, or whose it was, is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_usage_day_marks', 'placed_mark') }}"
    )
}}

with days as (
    select
        usage_date,
        placed_mark
    from {{ ref('int_usage_day_marks') }}
    {% if is_incremental() %}
    where placed_mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
)

select
    requests.person_key,
    max(requests.team_id) as team_id,
    requests.usage_date,
    cast(extract(hour from requests.occurred_at) as integer) as hour_of_day,
    count(*) as requests,
    cast(sum(requests.total_tokens) as bigint) as total_tokens,
    {{ in_dollars('sum(requests.cost_units)') }} as cost_usd,
    days.placed_mark as made_of
from {{ ref('int_usage_placed') }} as requests
inner join days on requests.usage_date = days.usage_date
where requests.person_key is not null and not requests.is_aggregate
group by
    requests.person_key, requests.usage_date, cast(extract(hour from requests.occurred_at) as integer), days.placed_mark
