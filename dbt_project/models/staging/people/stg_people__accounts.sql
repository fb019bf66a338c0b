-- Whose account was whose, and when. SCIM knows e-mails, and no days.
with accounts as (
    select
        person_key,
        system,
        account_key,
        valid_from,
        valid_to
    from ({{ current_rows('people_accounts') }}) as listed
    union all
    select person_key, 'email', account_key, cast(null as date), cast(null as date)
    from ({{ current_rows('people_scim_accounts') }}) as addresses
)

select distinct
    person_key,
    system,
    account_key,
    coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from accounts
where coalesce(valid_from, cast('1900-01-01' as date)) < coalesce(valid_to, cast('9999-12-31' as date))
