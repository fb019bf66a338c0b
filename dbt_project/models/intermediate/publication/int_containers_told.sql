-- All that is told of containers: what earlier publications told of, and what the next one adds.
{{ config(materialized='view') }}

select * from {{ source('told', 'containers') }}
union all
select fresh.*
from {{ ref('int_containers_to_tell') }} as fresh
left join {{ source('told', 'containers') }} as told
    on
        fresh.kind = told.kind
        and fresh.container_type = told.container_type
        and fresh.cell_id = told.cell_id
        and fresh.piece = told.piece
where told.kind is null
