-- How much of the work that is old enough to tell has survived, shrunk towards the shipped default.
with counted as (
    select
        cast(coalesce(sum(days_of_work), 0) as bigint) as days_of_work,
        coalesce({{ exact_sum('days_survived') }}, 0) as days_survived
    from {{ ref('int_surviving_work') }}
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
