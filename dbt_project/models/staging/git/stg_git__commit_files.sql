-- Files that a commit touched, with added and deleted lines. NULL counts belong to binary files.
select distinct
    repository_key,
    sha,
    path_key,
    old_path_key,
    added_lines,
    deleted_lines,
    effective_added_lines,
    effective_deleted_lines,
    moved_lines
from ({{ current_rows('git_commit_files') }}) as files
