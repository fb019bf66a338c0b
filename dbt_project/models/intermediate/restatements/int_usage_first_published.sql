-- What a person had used in a week in a team when the week was published first. Who was nobody then may have
-- been claimed since: an account is known by whom it belongs to by now.
with claimed as (
    select
        {{ dbt.hash(dbt.concat(['system', "':'", 'account_key'])) }} as nobody_key,
        cast({{ dbt.date_trunc('week', 'day') }} as date) as week_start,
        max(person_key) as person_key
    from {{ ref('int_account_days') }}
    where is_claimed
    group by
        {{ dbt.hash(dbt.concat(['system', "':'", 'account_key'])) }},
        cast({{ dbt.date_trunc('week', 'day') }} as date)
)

select
    usage.week_start,
    usage.team_id,
    coalesce(claimed.person_key, usage.person_key) as person_key,
    {% for figure in var('counts_spent') %}
    cast(sum(usage.{{ figure }}) as bigint) as {{ figure }},
    {% endfor %}
    {% for tier in var('tiers') %}
    cast(sum(usage.cost_{{ tier }}_usd) as decimal(20, 10)) as cost_{{ tier }}_usd,
    {% endfor %}
    cast(sum(usage.cost_usd) as decimal(20, 10)) as cost_usd
from {{ source('audit', 'first_published_usage') }} as usage
inner join {{ ref('int_first_published') }} as weeks
    on usage.week_start = weeks.week_start and usage.publication = weeks.publication
left join claimed on usage.person_key = claimed.nobody_key and usage.week_start = claimed.week_start
group by usage.week_start, usage.team_id, coalesce(claimed.person_key, usage.person_key)
