-- Sessions that wrote lines of a commit, as its note says.
select distinct
    repository_key,
    sha,
    session_id
from ({{ current_rows('git_ai_sessions') }}) as sessions
