-- The strongest signal of a person's week that counts as evidence for a verdict: more likely than not.
select
    person_key,
    week_start,
    max(cast(score as double)) as score
from {{ ref('fct_signals') }}
where score >= 0.5
group by person_key, week_start
