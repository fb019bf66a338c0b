-- Lines of the Copilot bill. Equal lines are several, so that no key tells them apart: of each day, person and kind
-- of unit those of the latest export count, all of them.
select
    *,
    used_on as usage_date
from ({{ current_bills('copilot_billing') }}) as lines
qualify dense_rank() over (partition by used_on, account_key, sku, organization order by extracted_at desc) = 1
