-- All usage that is told: what earlier publications told of, and what the next one adds.
{{ config(materialized='view') }}

select * from {{ source('told', 'usage') }}
union all
select fresh.*
from {{ ref('int_usage_to_tell') }} as fresh
left join {{ source('told', 'usage') }} as told on fresh.usage_id = told.usage_id and fresh.piece = told.piece
where told.usage_id is null
