-- Work that is old enough to tell, and how much of it has survived, by the day on which it shipped. Counted in days on
-- which a person shipped something of size in a repository, so that neither cutting finer nor trivial work moves it.
{{ config(post_hook='{{ put_back_retained() }}') }}

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
)

select
    shipped_on,
    count(*) as days_of_work,
    {{ exact_sum('survived') }} as days_survived
from days
group by shipped_on
