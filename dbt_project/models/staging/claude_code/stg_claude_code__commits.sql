-- Commits that git said it had made, in what a tool gave back to a session. Somebody else's mark that
-- was only printed again is told apart by its time, where commits are known.
select
    session_id,
    commit_sha,
    branch_key,
    min(occurred_at) as occurred_at
from ({{ current_rows('claude_code_commits') }}) as marks
group by session_id, commit_sha, branch_key
