-- Whose an account was, and in which team its owner was, on each day on which something was done
-- with it. A claim for the account's own system comes before a claim of the e-mail; of claims that
-- contradict each other the one that began last holds. An account that nobody claims is a person
-- of its own.
with days as (
    select said.account_system as system, said.account_key, used.usage_date as day
    from {{ ref('int_circumstance_days') }} as used
    inner join {{ ref('int_usage_circumstances') }} as said on used.circumstance_id = said.circumstance_id
    where said.account_key is not null
    union
    select system, account_key, day from {{ ref('int_work_account_days') }}
    union
    select account_system, account_key, usage_date
    from {{ ref('int_vendor_statements') }}
    where account_key is not null
    union
    select source, account_key, seat_date from {{ ref('int_seat_days') }}
),

claims as (
    select person_key, system, account_key, valid_from, valid_to, 1 as rank_of_kind
    from {{ ref('stg_people__accounts') }}
    union all
    select person_key, 'email', email_key, valid_from, valid_to, 2
    from {{ ref('stg_people__members') }}
    where email_key is not null
),

owners as (
    select
        days.system,
        days.account_key,
        days.day,
        claims.person_key
    from days
    inner join claims
        on
            days.account_key = claims.account_key
            and claims.system in (days.system, 'email')
            and days.day >= claims.valid_from
            and days.day < claims.valid_to
    qualify row_number() over (
        partition by days.system, days.account_key, days.day
        order by
            case when claims.system = days.system then 1 else 2 end,
            claims.rank_of_kind, claims.valid_from desc, claims.person_key
    ) = 1
)

select
    days.system,
    days.account_key,
    days.day,
    coalesce(owners.person_key, {{ dbt.hash(dbt.concat(['days.system', "':'", 'days.account_key'])) }}) as person_key,
    owners.person_key is not null as is_claimed,
    memberships.team_id
from days
left join owners
    on days.system = owners.system and days.account_key = owners.account_key and days.day = owners.day
left join {{ ref('int_memberships') }} as memberships
    on
        owners.person_key = memberships.person_key
        and days.day >= memberships.valid_from
        and days.day < memberships.valid_to
