-- Who is a member of the Cursor team, in the words that all seats share. No export says since when: a seat begins
-- with the first export that has it, and ends where a later one says so or leaves it out.
select
    'cursor' as source,
    account_key,
    'teams' as plan,
    min(cast(extracted_at as date)) as began_on,
    max(case when not coalesce(is_removed, false) then cast(extracted_at as date) end) as last_seen_on,
    cast(null as date) as ends_on
from ({{ current_rows('cursor_members') }}) as members
group by account_key
