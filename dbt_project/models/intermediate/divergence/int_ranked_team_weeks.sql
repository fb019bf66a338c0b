-- Tokens and value of the teams that used or shipped anything in a week.
select
    team_id,
    week_start,
    cast(total_tokens as double) as total_tokens,
    cast(value_units as double) as value_units
from {{ ref('fct_team_week') }}
where team_id <> '{{ var("no_team") }}' and (total_tokens > 0 or value_units > 0)
