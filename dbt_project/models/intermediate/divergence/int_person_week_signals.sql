-- Signals of a person's week that are loud enough to be asked whether a team gives them together.
select
    person_key,
    week_start,
    signal,
    cast(score as double) as score
from {{ ref('fct_signals') }}
where score >= 0.4
