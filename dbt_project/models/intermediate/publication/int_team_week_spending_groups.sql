-- Under which row is published what a team spent in a week.
with people as (
    select distinct
        coalesce(team_id, '{{ var("no_team") }}') as team_id,
        cast({{ dbt.date_trunc('week', 'usage_date') }} as date) as week_start,
        person_key
    from {{ ref('fct_usage') }}
)

select * from ({{ published_team_weeks('people') }}) as published
