-- Outcomes of which it is known now whether they lasted. A team's value and cost are told anew where enough people's
-- share in them changed, or nobody's; else they stay as they were told.
{% set columns = [
    'outcome_id', 'batch', 'week_start', 'month_start', 'person_key', 'published_team_id', 'container',
    'container_type', 'is_shipped', 'is_abandoned', 'is_counted', 'value_is_told', 'cost_is_told',
    'abandoned_is_told', 'value_units', 'cost_usd', 'lead_time_hours', 'lead_time_is_told',
] %}
{% set began = 'is_shipped and lead_time_is_told' %}

with settled_weeks as (
    select distinct week_start from {{ ref('int_outcomes_now') }} where is_settled
),

first_told as (
    select
        {{ columns | join(', ') }},
        true as was_told
    from {{ source('told', 'outcomes') }}
    where version = 1
    union all
    select
        {{ columns | join(', ') }},
        false
    from {{ ref('int_outcomes_new_to_tell') }}
),

changes as (
    select
        {% for column in columns if column not in ['value_units', 'cost_usd'] %}
        told.{{ column }},
        {% endfor %}
        coalesce(now.survival, 'undone') as fate,
        told.value_units as told_value_units,
        told.cost_usd as told_cost_usd,
        told.was_told and told.value_is_told as value_was_told,
        told.was_told and told.cost_is_told as cost_was_told,
        coalesce(now.value_units, 0) as value_units,
        now.cost_usd
    from first_told as told
    inner join settled_weeks on told.week_start = settled_weeks.week_start
    left join {{ ref('int_outcomes_now') }} as now on told.outcome_id = now.outcome_id
    left join {{ source('told', 'outcomes') }} as last_told
        on told.outcome_id = last_told.outcome_id and last_told.version = 2
    where last_told.outcome_id is null
),

people as (
    select
        published_team_id,
        week_start,
        batch,
        person_key,
        sum(value_units) as value_units,
        sum(case when value_was_told then told_value_units else 0 end) as told_value_units,
        sum(case when is_shipped then coalesce(cost_usd, 0) else 0 end) as cost_usd,
        sum(case when is_shipped and cost_was_told then coalesce(told_cost_usd, 0) else 0 end) as told_cost_usd
    from changes
    group by published_team_id, week_start, batch, person_key
),

amounts as (
    select
        published_team_id,
        week_start,
        batch,
        {{ enough_or_none('value_units > 0') }} and {{ enough_or_none('value_units <> told_value_units') }}
            as value_is_told_anew,
        {{ enough_or_none('cost_usd > 0') }} and {{ enough_or_none('cost_usd <> told_cost_usd') }}
            as cost_is_told_anew
    from people
    group by published_team_id, week_start, batch
),

fates as (
    select
        published_team_id,
        week_start,
        batch,
        {{ enough_or_none("is_shipped and fate = 'undone'") }}
        and {{ enough_or_none("is_shipped and fate <> 'undone'") }}
        -- Of which it is told when they began is another part of the same row: of the four that both make, no two.
        and {{ enough_or_none(began ~ " and (fate = 'undone') = (lead_time_hours is not null)") }}
        and {{ enough_or_none(began ~ " and (fate = 'undone') <> (lead_time_hours is not null)") }} as fates_are_told,
        {{ enough_or_none("is_shipped and cost_usd > 0 and fate = 'undone'") }}
        and {{ enough_or_none("is_shipped and cost_usd > 0 and fate <> 'undone'") }} as undone_cost_is_told
    from changes
    group by published_team_id, week_start, batch
)

select
    changes.*,
    amounts.value_is_told_anew,
    amounts.cost_is_told_anew,
    fates.fates_are_told,
    fates.undone_cost_is_told
from changes
inner join amounts
    on
        changes.published_team_id = amounts.published_team_id
        and changes.week_start = amounts.week_start
        and changes.batch = amounts.batch
inner join fates
    on
        changes.published_team_id = fates.published_team_id
        and changes.week_start = fates.week_start
        and changes.batch = fates.batch
