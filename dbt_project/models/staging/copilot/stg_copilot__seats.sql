-- Who has a seat of Copilot, in the words that all seats share: from when on, and until when it was last seen.
-- A person with seats in several organisations is paid for once, at the dearest plan that any of them names.
select
    'copilot' as source,
    account_key,
    lower(coalesce(max(plan), 'business')) as plan,
    min(cast(began_at as date)) as began_on,
    max(cast(extracted_at as date)) as last_seen_on,
    max(case when is_latest then ends_on end) as ends_on
from (
    select
        *,
        extracted_at = max(extracted_at) over (partition by account_key) as is_latest
    from ({{ current_rows('copilot_seats') }}) as snapshots
) as seats
group by account_key
