-- Pull requests of which nobody's commits were exported: they were squashed, and their branches deleted.
{{ config(materialized='view') }}

with with_moments as (
    select distinct outcome_id from {{ ref('int_commit_moments') }}
)

select
    pulls.outcome_id,
    pulls.repository_key,
    outcomes.person_key,
    pulls.created_at,
    coalesce(pulls.merged_at, pulls.closed_at, cast('9999-12-31' as timestamp)) as ended_at
from {{ ref('int_pull_requests') }} as pulls
inner join {{ ref('int_outcomes') }} as outcomes on pulls.outcome_id = outcomes.outcome_id
left join with_moments on pulls.outcome_id = with_moments.outcome_id
where with_moments.outcome_id is null and outcomes.person_key is not null
