-- How many of the people whom a leaderboard of tokens would have shown in its top tenth are also among the tenth
-- whose work was worth most. Whoever shipped nothing of worth is in no top of value.
with spent as (
    select
        person_key,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        sum(total_tokens) as total_tokens
    from {{ ref('fct_usage') }}
    where person_key is not null
    group by person_key, cast({{ dbt.date_trunc('week', 'usage_date') }} as date)
),

shipped as (
    select
        person_key,
        cast({{ dbt.date_trunc('week', 'shipped_at') }} as date) as week_start,
        sum(value_units) as value_units
    from {{ ref('fct_outcomes') }}
    where carries_value and not is_bot and shipped_at is not null
    group by person_key, cast({{ dbt.date_trunc('week', 'shipped_at') }} as date)
),

ranked as (
    select
        spent.week_start,
        count(*) over (partition by spent.week_start) as people_active,
        coalesce(shipped.value_units, 0) > 0 as has_value,
        rank() over (partition by spent.week_start order by spent.total_tokens desc) as place_by_tokens,
        rank() over (partition by spent.week_start order by coalesce(shipped.value_units, 0) desc) as place_by_value
    from spent
    left join shipped on spent.person_key = shipped.person_key and spent.week_start = shipped.week_start
)

select
    week_start,
    max(people_active) as people_active,
    case
        when max(people_active) >= {{ var('leaderboard_people') }}
            then avg(case when place_by_value <= people_active / 10.0 and has_value then 1.0 else 0.0 end)
    end as leaderboard_overlap
from ranked
where place_by_tokens <= people_active / 10.0 or people_active < {{ var('leaderboard_people') }}
group by week_start
