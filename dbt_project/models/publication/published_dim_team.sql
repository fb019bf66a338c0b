-- Teams, and the rows into which small ones are merged.
{{ config(alias='dim_team') }}

with merged as (
    select team_id from {{ ref('int_team_week_spending') }}
    union
    select team_id from {{ ref('int_team_week_shipping') }}
    union
    select distinct team_id from {{ ref('published_fct_team_usage_daily') }}
)

select
    team_id,
    team_name,
    parent_team_id
from {{ ref('dim_team') }}

union all

select
    merged.team_id,
    case
        when coalesce(parents.team_id, parents_of_some.team_id) is null then merged.team_id
        else replace(
            merged.team_id,
            {{ dbt.concat(["'(other of '", 'coalesce(parents.team_id, parents_of_some.team_id)']) }},
            {{ dbt.concat(["'(other of '", 'coalesce(parents.team_name, parents_of_some.team_name)']) }}
        )
    end,
    coalesce(parents.team_id, parents_of_some.team_id)
from merged
left join {{ ref('dim_team') }} as teams on merged.team_id = teams.team_id
left join {{ ref('dim_team') }} as parents on merged.team_id = {{ others_of('parents.team_id') }}
-- Of some of the others it says after a colon who they are.
left join {{ ref('dim_team') }} as parents_of_some
    on
        {{ dbt.split_part('merged.team_id', "': '", 1) }}
        = {{ dbt.concat(["'(other of '", 'parents_of_some.team_id']) }}
where teams.team_id is null
