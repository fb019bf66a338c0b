-- Use of each hour (UTC) of a day by a person.
select
    person_key,
    max(team_id) as team_id,
    usage_date,
    cast(extract(hour from occurred_at) as integer) as hour_of_day,
    count(*) as requests,
    cast(sum(total_tokens) as bigint) as total_tokens,
    cast(sum(cost_usd) as decimal(20, 10)) as cost_usd
from {{ ref('int_usage_placed') }}
where person_key is not null and not is_aggregate
group by person_key, usage_date, cast(extract(hour from occurred_at) as integer)
