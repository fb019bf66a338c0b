-- Under which row a container's month is published: its own where enough people stand behind it, else
-- together with the other small ones of its kind, else not at all.
with contributions as (
    select container, container_type, month_start, person_key from {{ ref('int_container_usage') }}
    union
    select
        container,
        case tracker when 'jira' then 'project' else 'repository' end,
        cast({{ dbt.date_trunc('month', 'shipped_at') }} as date),
        person_key
    from {{ ref('fct_outcomes') }}
    where survival is not null and not is_bot
),

keyed as (
    select
        *,
        {{ key_of(['container', 'container_type', 'month_start']) }} as level_0,
        {{ key_of(['container_type', 'month_start']) }} as level_1
    from contributions
),

found as ({{ finest_publishable_level('keyed', 2) }})

select distinct
    container,
    container_type,
    month_start,
    case level when 0 then container else '{{ var("others") }}' end as published_container
from found
