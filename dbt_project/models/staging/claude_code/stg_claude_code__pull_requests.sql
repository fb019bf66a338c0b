-- Links from a session to a pull request that the tool wrote. A pull request that was only looked
-- at is linked as well, so a link says nothing until something else confirms it.
select distinct
    session_id,
    repository_key,
    pull_request,
    occurred_at
from ({{ current_rows('claude_code_pull_requests') }}) as links
