-- How much of the work that is old enough to tell has survived, shrunk towards the shipped default. Counted in
-- days on which a person shipped something of size in a repository, so that neither cutting finer nor trivial
-- work moves it.
with telling as (
    select max(shipped_at) as up_to from {{ ref('int_outcomes') }} where survival = 'survived'
),

days as (
    select
        outcomes.person_key,
        outcomes.repository_key,
        sizes.shipped_on,
        avg(case when outcomes.survival = 'survived' then 1.0 else 0.0 end) as survived
    from {{ ref('int_outcomes') }} as outcomes
    inner join {{ ref('int_change_sizes') }} as sizes on outcomes.outcome_id = sizes.outcome_id
    cross join telling
    where
        outcomes.shipped_at <= telling.up_to
        and outcomes.survival in ('survived', 'undone')
        and sizes.rule in ('effective_size', 'size_unknown')
    group by outcomes.person_key, outcomes.repository_key, sizes.shipped_on
),

counted as (
    select
        count(*) as days_of_work,
        coalesce(sum(survived), 0) as days_survived
    from days
)

select
    pending.valid_from,
    pending.valid_to,
    counted.days_of_work,
    cast(counted.days_survived + pending.weight * pending.threshold as double)
    / cast(counted.days_of_work + pending.threshold as double) as survival_rate
from counted
cross join {{ ref('value_rules') }} as pending
where pending.rule = 'pending'
