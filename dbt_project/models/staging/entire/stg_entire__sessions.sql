-- Sessions behind a checkpoint. Older records put the day before the session's id.
select distinct
    repository_key,
    checkpoint_id,
    case
        when length(session_id) > 36 then right(session_id, 36)
        else session_id
    end as session_id,
    branch_key
from ({{ current_rows('entire_sessions') }}) as sessions
