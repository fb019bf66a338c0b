-- One row a tag; a tag that was moved points to where it was moved last.
select
    repository_key,
    tag,
    sha,
    created_at
from ({{ current_rows('git_tags') }}) as tags
qualify row_number() over (partition by repository_key, tag order by extracted_at desc, created_at desc, sha) = 1
