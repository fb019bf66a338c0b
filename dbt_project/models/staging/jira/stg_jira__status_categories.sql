-- The category (new, indeterminate, done) of a status, by its id and by its name, as the issues that
-- stand in it say; the latest to say so is right.
with said as (
    select site, 'id' as known_by, status_id as status, status_category, known_at
    from {{ ref('stg_jira__issues') }}
    union all
    select site, 'name', lower(status_name), status_category, known_at
    from {{ ref('stg_jira__issues') }}
)

select
    site,
    known_by,
    status,
    status_category
from said
where status is not null and status_category is not null
qualify row_number() over (partition by site, known_by, status order by known_at desc, status_category) = 1
