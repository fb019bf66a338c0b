-- What a person has spent in a billing cycle so far, as the latest report has it. Spend holds what the plan covers.
select
    *,
    spend_usd - coalesce(included_usd, 0) as billed_usd
from ({{ current_rows('cursor_spend') }}) as spend
qualify row_number() over (partition by cycle_began_at, account_key order by extracted_at desc, load_id desc) = 1
