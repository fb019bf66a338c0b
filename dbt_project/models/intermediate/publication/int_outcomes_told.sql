-- Every outcome that is told, in the version that holds now.
{{ config(materialized='view') }}

with versions as (
    select * from {{ source('told', 'outcomes') }}
    union all
    select * from {{ ref('int_outcomes_to_tell') }}
)

select *
from versions
qualify row_number() over (partition by outcome_id order by version desc) = 1
