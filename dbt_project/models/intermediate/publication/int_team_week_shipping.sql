-- What is told of a team's week of shipped work. Of parts of it only where each comes from enough people or from
-- nobody: else one could be had from the others.
with batches as (
    select
        published_team_id,
        week_start,
        batch,
        count(distinct case when is_shipped then person_key end) as people_shipping,
        count(case when is_shipped then 1 end) as outcomes_shipped,
        count(case when is_shipped and fate = 'undone' then 1 end) as outcomes_undone,
        count(case when is_abandoned then 1 end) as outcomes_abandoned,
        sum(case when is_shipped then value_units end) as value_units,
        sum(case when is_shipped then cost_usd end) as cohort_cost_usd,
        sum(case when is_shipped and fate = 'undone' then cost_usd end) as cohort_cost_undone_usd,
        sum(case when is_abandoned then cost_usd end) as abandoned_cost_usd,
        {% for part in ['fates_are', 'value_is', 'cost_is', 'abandoned_is', 'undone_cost_is'] %}
        min(case when {{ part }}_told then 1 else 0 end) as {{ part }}_told{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_outcomes_told') }}
    where is_shipped or is_abandoned
    group by published_team_id, week_start, batch
)

select
    published_team_id as team_id,
    week_start,
    max(people_shipping) as people_shipping,
    cast(sum(outcomes_shipped) as bigint) as outcomes_shipped,
    cast(case when min(fates_are_told) = 1 then sum(outcomes_shipped - outcomes_undone) end as bigint)
        as outcomes_survived,
    cast(case when min(fates_are_told) = 1 then sum(outcomes_undone) end as bigint) as outcomes_undone,
    cast(case when min(fates_are_told) = 1 then 0 end as bigint) as outcomes_pending,
    cast(case when min(abandoned_is_told) = 1 then sum(outcomes_abandoned) end as bigint) as outcomes_abandoned,
    cast(case when min(value_is_told) = 1 then sum(value_units) end as decimal(20, 4)) as value_units,
    cast(case when min(cost_is_told) = 1 then sum(cohort_cost_usd) end as decimal(20, 10)) as cohort_cost_usd,
    cast(case when min(undone_cost_is_told) = 1 then coalesce(sum(cohort_cost_undone_usd), 0) end as decimal(20, 10))
        as cohort_cost_undone_usd,
    cast(
        case
            when min(cost_is_told) = 1 and min(abandoned_is_told) = 1
                then sum(cohort_cost_usd) + coalesce(sum(abandoned_cost_usd), 0)
        end as decimal(20, 10)
    ) as attempted_cost_usd
from batches
group by published_team_id, week_start
having max(people_shipping) >= {{ var('min_group') }}
