-- What Cursor counts of a person's day, as the latest report has it.
select
    *,
    used_on as usage_date
from ({{ current_rows('cursor_days') }}) as days
qualify row_number() over (partition by used_on, account_key order by extracted_at desc, load_id desc) = 1
