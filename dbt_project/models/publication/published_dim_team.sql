-- Teams, and the rows into which small ones are merged.
{{ config(alias='dim_team') }}

with merged as (
    select published_team_id as team_id from {{ ref('int_team_week_spending_groups') }}
    union
    select published_team_id from {{ ref('int_team_week_shipping_groups') }}
    union
    select published_team_id from {{ ref('int_team_days_published') }}
)

select
    team_id,
    team_name,
    parent_team_id
from {{ ref('dim_team') }}

union all

select
    merged.team_id,
    {{ others_of("coalesce(parents.team_name, 'organisation')") }},
    parents.team_id
from merged
left join {{ ref('dim_team') }} as teams on merged.team_id = teams.team_id
left join {{ ref('dim_team') }} as parents on merged.team_id = {{ others_of('parents.team_id') }}
where teams.team_id is null
