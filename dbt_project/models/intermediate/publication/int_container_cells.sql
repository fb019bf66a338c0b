-- Usage of closed months in containers of which no publication has told yet, with what ties containers to each
-- other: people of a team who used several of them in a week, all else being the same.
with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
),

-- Once each: a month has as many rows as it was told in cells, and each would meet every other.
earlier as (
    select distinct
        container_type,
        month_start
    from {{ source('told', 'containers') }}
    where kind = 'spent'
),

-- Months of which all was told, and weeks that reach into another one. What else was told is not asked.
done as (
    select month_start
    from earlier
    group by month_start
    having count(*) = 2
),

unasked as (
    select month_of_week
    from {{ ref('int_container_marks') }}
    where mark not in (select asked.mark from {{ source('audit', 'containers_asked') }} as asked)
),

weeks as (
    select distinct usage.week_start
    from {{ ref('int_usage_told') }} as usage
    inner join unasked on cast({{ dbt.date_trunc('month', 'usage.week_start') }} as date) = unasked.month_of_week
    left join done on cast({{ dbt.date_trunc('month', 'usage.usage_date') }} as date) = done.month_start
    where done.month_start is null
),

told as (
    select
        *,
        cast({{ dbt.date_trunc('month', 'usage_date') }} as date) as month_start,
        {{ key_of(['week_start', 'batch']) }} as week,
        {{ key_of(['week_start', 'batch', 'team_part', 'is_priced', 'day_is_told']) }} as alike
    from {{ ref('int_usage_told') }}
    -- Of usage that nobody is known to stand behind, and of none, containers cannot tell.
    where piece_tokens > 0 and week_start in (select weeks.week_start from weeks)
),

-- Where days are told, they hold the two months of a week together; elsewhere people must.
without_days as (
    select * from told where day_group is null
),

torn as (
    {{ torn_weeks('without_days', 'alike') }}
),

-- Each tier by itself must be held together, where it is told.
priced_tiers as (
    select
        {{ key_of(['week', 'tier']) }} as week,
        alike,
        person_key,
        is_priced,
        month_start
    from told
    where is_priced
),

torn_tiers as (
    {{ torn_weeks('priced_tiers', 'alike') }}
),

split as (
    select week
    from told
    group by week
    having count(distinct month_start) > 1
)

{% for type, other in [('repository', 'project'), ('project', 'repository')] %}
select
    '{{ type }}' as container_type,
    told.{{ type }} as container,
    told.month_start,
    told.person_key,
    told.is_priced,
    told.tier,
    told.tiers_are_told and torn_tiers.week is null as tiers_are_told,
    told.usage_id,
    told.piece,
    told.piece_tokens,
    told.piece_cost_usd,
    {{ key_of(['told.week', "'" ~ type ~ "'"]) }} as week,
    split.week is not null as is_split,
    told.published_team_id,
    told.team_part,
    {{ key_of(["'" ~ type ~ "'", 'told.month_start']) }} as scope,
    {{ key_of(['told.alike', 'told.' ~ other]) }} as along
from told
cross join last_export
left join torn on told.week = torn.week
left join torn_tiers on {{ key_of(['told.week', 'told.tier']) }} = torn_tiers.week
left join split on told.week = split.week
left join earlier on earlier.container_type = '{{ type }}' and told.month_start = earlier.month_start
where
    torn.week is null
    and earlier.month_start is null
    and {{ is_closed(dbt.last_day('told.month_start', 'month'), 'last_export.day') }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
