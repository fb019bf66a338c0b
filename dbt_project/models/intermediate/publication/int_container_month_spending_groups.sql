-- Under which row is published what was spent in a container's month.
with people as (
    select distinct
        container,
        container_type,
        month_start,
        person_key
    from {{ ref('int_container_usage') }}
)

select * from ({{ published_container_months('people') }}) as published
