-- Whose account was whose, and when.
select distinct
    person_key,
    system,
    account_key,
    coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from ({{ current_rows('people_accounts') }}) as accounts
where coalesce(valid_from, cast('1900-01-01' as date)) < coalesce(valid_to, cast('9999-12-31' as date))
