-- Usage of a week that was published, where it is not what it was then, and why: what else is known of the
-- same person, week and team by now.
{% set figures = var('counts_spent') + ['cost_usd'] %}
{% for tier in var('tiers') %}{% do figures.append('cost_' ~ tier ~ '_usd') %}{% endfor %}

with stands as (
    select
        usage.*,
        1 as is_now
    from {{ ref('int_usage_by_person_week') }} as usage
    inner join {{ ref('int_first_published') }} as weeks on usage.week_start = weeks.week_start
),

stood as (
    select
        *,
        0 as is_now
    from {{ ref('int_usage_first_published') }}
),

told as (
    {% for relation in ['stands', 'stood'] %}
    select
        {% for figure in figures %}
        {{ figure }},
        {% endfor %}
        week_start,
        team_id,
        person_key,
        is_now
    from {{ relation }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

changes as (
    select
        {% for figure in figures %}
        sum(case when is_now = 1 then 1 else -1 end * coalesce({{ figure }}, 0)) as {{ figure }},
        {% endfor %}
        week_start,
        team_id,
        person_key
    from told
    group by week_start, team_id, person_key
),

explained as (
    select
        *,
        case
            when sum(total_tokens) over (partition by week_start, person_key) = 0 and total_tokens <> 0
                then 'membership_backdated'
            when total_tokens <> 0 or requests <> 0 then 'late_file'
            when cost_usd <> 0 or unpriced_tokens <> 0 then 'price_corrected'
            else 'new_evidence'
        end as reason
    from changes
)

select
    {% for figure in figures %}
    cast(sum({{ figure }}) as decimal(38, 10)) as {{ figure }},
    {% endfor %}
    week_start,
    team_id,
    reason
from explained
where
    false
    {% for figure in figures %}
    or {{ figure }} <> 0
    {% endfor %}
group by week_start, team_id, reason
