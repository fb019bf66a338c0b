-- What a team shipped in a week that carries value, whether it lasted, what it cost, whenever its tokens were
-- spent, and how long it took; and what it gave up in the week, which cost something as well.
select
    team_id,
    week_start,
    count(survival) as outcomes_shipped,
    sum(case when survival = 'survived' then 1 else 0 end) as outcomes_survived,
    sum(case when survival = 'undone' then 1 else 0 end) as outcomes_undone,
    sum(case when survival = 'pending' then 1 else 0 end) as outcomes_pending,
    sum(case when survival is null then 1 else 0 end) as outcomes_abandoned,
    sum(value_units) as value_units,
    -- Work on which nothing was spent cost nothing; tokens without any known price have no cost.
    {% for cost, which in [
        ('cohort_cost_usd', 'survival is not null'),
        ('cohort_cost_undone_usd', "survival = 'undone'"),
        ('attempted_cost_usd', 'true'),
    ] %}
    case
        when count(case when {{ which }} then tokens end) = 0 then 0
        else sum(case when {{ which }} then cost_usd end)
    end as {{ cost }},
    {% endfor %}
    count(lead_time_hours) as outcomes_with_lead_time,
    median(lead_time_hours) as lead_time_hours
from {{ ref('int_outcomes_of_weeks') }}
group by team_id, week_start
