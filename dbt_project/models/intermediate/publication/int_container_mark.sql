-- All that it depends on what can be told of containers' months, as one number: the usage that is told, the months that
-- are over, and what was told of containers. While that is what it was when nothing could be told, nothing can be, and
-- the pieces of all those months are not held against each other again with every build.
{% set said = [
    'usage_id', 'piece', 'batch', 'week_start', 'usage_date', 'person_key', 'published_team_id', 'team_part', 'tier',
    'tiers_are_told', 'is_priced', 'day_is_told', 'day_group', 'repository', 'project', 'piece_tokens', 'piece_cost_usd',
] %}

with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
),

usage as (
    select
        {{ number_of(said) }} as part,
        case
            when {{ is_closed(dbt.last_day('usage_date', 'month'), 'last_export.day') }}
                then {{ dbt.date_trunc('month', 'usage_date') }}
        end as closed_month
    from {{ ref('int_usage_told') }}
    cross join last_export
),

earlier as (
    select count(*) as pieces
    from {{ source('told', 'containers') }}
)

select
    {{ mark_of(
        [var('min_group') | string, 'count(distinct usage.closed_month)', 'max(earlier.pieces)'], 'usage.part'
    ) }} as mark
from usage
cross join earlier
