-- Folders, remotes and old names of a repository.
select
    folder_key,
    alias_key,
    repository_key
from ({{ current_rows('repositories_aliases') }}) as aliases
qualify row_number() over (partition by folder_key order by extracted_at desc, repository_key) = 1
