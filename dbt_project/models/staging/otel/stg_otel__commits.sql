-- Commits that a session made, as Claude Code itself reported them.
select distinct
    session_id,
    commit_sha,
    occurred_at
from ({{ current_rows('otel_commits') }}) as events
