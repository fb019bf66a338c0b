-- Under which row is published what a team shipped in a week that carries value. Outcomes of which nobody is
-- known to be the author add nobody to the count.
with people as (
    select distinct
        coalesce(team_id, '{{ var("no_team") }}') as team_id,
        cast({{ dbt.date_trunc('week', 'shipped_at') }} as date) as week_start,
        person_key
    from {{ ref('fct_outcomes') }}
    where carries_value and survival is not null and not is_bot
)

select * from ({{ published_team_weeks('people') }}) as published
