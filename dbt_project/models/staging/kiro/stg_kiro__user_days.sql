-- What a person did with Kiro by day and client, as the latest export has it.
select
    *,
    used_on as usage_date
from ({{ current_rows('kiro_user_days') }}) as days
qualify row_number() over (
    partition by used_on, account_key, client_type, profile_id order by extracted_at desc, load_id desc
) = 1
