-- Conversations that contributed to a revision.
select distinct
    sha,
    session_id
from ({{ current_rows('agent_trace_sessions') }}) as sessions
