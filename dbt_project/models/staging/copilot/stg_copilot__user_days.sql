-- What people did with Copilot by day. The report of one day is final after three days; the rolling one of 28 days
-- says the same of days that the other does not have.
select
    *,
    used_on as usage_date
from ({{ current_rows('copilot_user_days') }}) as days
qualify row_number() over (
    partition by used_on, account_key, organization_id order by report_days, extracted_at desc, load_id desc
) = 1
