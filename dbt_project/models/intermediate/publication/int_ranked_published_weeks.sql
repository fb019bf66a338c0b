-- Tokens and value of the published rows of a week: what is ranked of them tells nothing of what is withheld.
select
    team_id,
    week_start,
    cast(total_tokens as double) as total_tokens,
    cast(value_units as double) as value_units
from {{ ref('published_fct_team_week') }}
where
    team_id <> '{{ var("no_team") }}'
    and total_tokens is not null and value_units is not null
    and (total_tokens > 0 or value_units > 0)
