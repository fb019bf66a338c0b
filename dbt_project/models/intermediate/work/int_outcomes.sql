-- Outcomes with their author, the author's team on the day that counts (shipped, else opened), whether
-- they lasted, and whether the value of their piece of work stands on this row.
with last_day as (
    -- The end of the data; never later than the exports, whatever a wrong clock wrote into them.
    select least(max(events.happened_at), max(events.extracted_at)) as as_of
    from (
        select
            coalesce(shipped_at, opened_at) as happened_at,
            cast(null as timestamp) as extracted_at
        from {{ ref('int_outcome_events') }}
        union all
        select occurred_at, cast(null as timestamp) from {{ ref('int_usage_requests') }}
        union all
        select cast(null as timestamp), extracted_at from {{ source('audit', 'loads') }}
    ) as events
),

bearing as (
    select distinct bearer_id from {{ ref('int_value_bearers') }}
),

owned as (
    select
        events.*,
        -- Where nobody claims the e-mail of a commit, the login in it may be somebody's.
        case
            when logins.is_claimed and not coalesce(owners.is_claimed, false) then logins.person_key
            else owners.person_key
        end as person_key,
        case
            when events.is_bot then null
            when logins.is_claimed and not coalesce(owners.is_claimed, false) then logins.team_id
            else owners.team_id
        end as team_id
    from {{ ref('int_outcome_events') }} as events
    left join {{ ref('int_account_days') }} as owners
        on
            events.account_system = owners.system
            and events.account_key = owners.account_key
            and cast(coalesce(events.shipped_at, events.opened_at) as date) = owners.day
    left join {{ ref('int_account_days') }} as logins
        on
            events.login_system = logins.system
            and events.login_key = logins.account_key
            and cast(coalesce(events.shipped_at, events.opened_at) as date) = logins.day
)

select
    owned.*,
    case
        when owned.state not in ('shipped', 'undone') then null
        when owned.state = 'undone' then 'undone'
        when {{ dbt.dateadd('day', var('survival_days'), 'owned.shipped_at') }} <= last_day.as_of then 'survived'
        else 'pending'
    end as survival,
    bearing.bearer_id is not null as carries_value
from owned
cross join last_day
left join bearing on owned.outcome_id = bearing.bearer_id
