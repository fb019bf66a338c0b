-- What a seat costs a month by the company's own contract, and when.
select distinct
    system as source,
    plan,
    usd_per_month,
    coalesce(valid_from, cast('1900-01-01' as date)) as valid_from,
    coalesce(valid_to, cast('9999-12-31' as date)) as valid_to
from ({{ current_rows('prices_seats') }}) as seats
