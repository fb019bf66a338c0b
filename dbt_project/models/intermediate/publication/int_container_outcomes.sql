-- Outcomes of closed months whose fates are known, in containers, with what ties containers to each other: people
-- who shipped in several of them in a week.
{% set measures = {
    'cost': ['cost_usd > 0', 'undone_cost_is_told', "case when undone_cost_is_told then fate = 'undone' end",
             'is_restated'],
    'lead_time': ['lead_time_hours is not null'],
} %}
{# What a team's week counts of its outcomes, beside all of them. #}
{% set counted_apart = [
    'case when lead_time_is_told then lead_time_hours is not null end', "case when fates_are_told then fate = 'undone' end"
] %}

with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
),

-- Once each: a month has as many rows as it was told in cells, and each would meet every other.
earlier as (
    select distinct month_start
    from {{ source('told', 'containers') }}
    where kind = 'shipped'
),

told as (
    select
        outcomes.*,
        {{ key_of(['outcomes.week_start', 'outcomes.batch']) }} as week,
        outcomes.value_is_told and outcomes.value_units > 0 as is_priced,
        -- Both a team's week and a container's month count it; else one of them alone does.
        outcomes.is_shipped and outcomes.is_counted and outcomes.container is not null as is_in_both,
        -- Its team's first word on the cost is another sum.
        first_told.cost_usd <> outcomes.cost_usd as is_restated
    from {{ ref('int_outcomes_told') }} as outcomes
    left join {{ source('told', 'outcomes') }} as first_told
        on outcomes.outcome_id = first_told.outcome_id and first_told.version = 1
    where outcomes.is_shipped or outcomes.is_counted
),

alike as (
    select
        *,
        {% for measure, known_and_parts in measures.items() %}
        is_shipped and {{ known_and_parts[0] }} as has_{{ measure }},
        {{ key_of(['week', 'published_team_id', measure ~ '_is_told'] + known_and_parts[1:]) }} as {{ measure }}_part,
        {% endfor %}
        {{ key_of(['published_team_id'] + counted_apart) }} as team_part,
        {{ key_of(['week', 'published_team_id', 'is_priced'] + counted_apart) }} as alike
    from told
),

shared as (
    select * from alike where is_in_both
),

-- Of a week in two months too few people may have shipped in both to hold it together.
torn as (
    {{ torn_weeks('shared', 'alike') }}
),

{% for measure in measures %}
shared_{{ measure }} as (
    select
        week,
        month_start,
        person_key,
        true as is_priced,
        {{ measure }}_part
    from alike
    where container is not null and has_{{ measure }} and {{ measure }}_is_told
),

torn_{{ measure }} as (
    {{ torn_weeks('shared_' ~ measure, measure ~ '_part') }}
),

{% endfor %}
split as (
    select week
    from told
    group by week
    having count(distinct month_start) > 1
)

select
    told.container_type,
    told.container,
    told.month_start,
    told.person_key,
    told.outcome_id,
    told.is_priced,
    told.is_in_both,
    told.is_shipped,
    told.is_counted and told.container is not null as is_counted,
    told.value_is_told or not told.is_shipped as value_is_told,
    told.value_units,
    {% for measure in measures %}
    told.has_{{ measure }},
    told.{{ measure }}_is_told,
    told.{{ measure }}_part,
    torn_{{ measure }}.week is null as {{ measure }}_is_held,
    {% endfor %}
    told.cost_usd,
    told.lead_time_hours,
    told.week,
    split.week is not null as is_split,
    told.published_team_id,
    told.team_part,
    {{ key_of(['told.month_start']) }} as scope,
    {{ key_of(['told.container', 'told.container_type']) }} as node,
    told.alike as along
from alike as told
cross join last_export
left join torn on told.week = torn.week
left join split on told.week = split.week
{% for measure in measures %}
left join torn_{{ measure }} on told.week = torn_{{ measure }}.week
{% endfor %}
left join earlier on told.month_start = earlier.month_start
where
    torn.week is null
    and earlier.month_start is null
    and {{ dbt.dateadd(
        'day', 7 + var('survival_days'), dbt.date_trunc('week', dbt.last_day('told.month_start', 'month'))
    ) }} <= last_export.day
