-- A team's week, as far as enough people stand behind it. Small teams stand together, so that the
-- rows still add up to what is published of the organisation.
{{ config(alias='fct_team_week') }}

with people as (
    select
        teams.published_team_id,
        teams.week_start,
        count(distinct usage.person_key) as people_active
    from {{ ref('fct_usage') }} as usage
    inner join {{ ref('int_team_week_groups') }} as teams
        on
            coalesce(usage.team_id, '{{ var("no_team") }}') = teams.team_id
            and cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date) = teams.week_start
    group by teams.published_team_id, teams.week_start
),

merged as (
    select
        teams.published_team_id,
        teams.week_start,
        cast(sum(weeks.headcount) as bigint) as headcount,
        {% for count in var('team_week_counts') %}
        cast(sum(weeks.{{ count }}) as bigint) as {{ count }},
        {% endfor %}
        cast(sum(weeks.cost_usd) as decimal(20, 10)) as cost_usd,
        {% for tier in var('tiers') %}
        cast(sum(weeks.cost_{{ tier }}_usd) as decimal(20, 10)) as cost_{{ tier }}_usd,
        {% endfor %}
        cast(sum(weeks.value_units) as decimal(20, 4)) as value_units,
        cast(sum(weeks.cohort_cost_usd) as decimal(20, 10)) as cohort_cost_usd,
        cast(sum(weeks.cohort_cost_undone_usd) as decimal(20, 10)) as cohort_cost_undone_usd,
        sum(weeks.token_share) as token_share,
        sum(weeks.value_share) as value_share
    from {{ ref('fct_team_week') }} as weeks
    inner join {{ ref('int_team_week_groups') }} as teams
        on weeks.team_id = teams.team_id and weeks.week_start = teams.week_start
    group by teams.published_team_id, teams.week_start
)

select
    merged.published_team_id as team_id,
    merged.week_start,
    merged.headcount,
    coalesce(people.people_active, 0) as people_active,
    merged.requests,
    merged.total_tokens,
    merged.unpriced_tokens,
    merged.cost_usd,
    {% for tier in var('tiers') %}
    merged.cost_{{ tier }}_usd,
    {% endfor %}
    merged.outcomes_shipped,
    merged.outcomes_survived,
    merged.outcomes_undone,
    merged.outcomes_pending,
    merged.value_units,
    merged.cohort_cost_usd,
    merged.cohort_cost_undone_usd,
    cast({{ ratio('merged.cohort_cost_usd', 'merged.value_units') }} as decimal(20, 10)) as cost_per_value_unit_usd,
    merged.token_share,
    merged.value_share
from merged
left join people on merged.published_team_id = people.published_team_id and merged.week_start = people.week_start
