-- Under which row a team's week of spending was told first.
select
    team_id,
    week_start,
    published_team_id
from {{ ref('int_usage_told') }}
qualify row_number() over (partition by team_id, week_start order by batch, published_team_id) = 1
