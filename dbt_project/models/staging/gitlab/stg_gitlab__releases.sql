-- One row a release, as the last export has it; one that is still to come is a draft.
select
    repository_key,
    tag as release_id,
    tag,
    title_key,
    coalesce(is_upcoming, false) as is_draft,
    author_key,
    coalesce(is_bot, false) as is_bot,
    created_at,
    coalesce(released_at, created_at) as published_at
from ({{ current_rows('gitlab_releases') }}) as releases
qualify row_number() over (partition by repository_key, tag order by extracted_at desc, released_at desc nulls last) = 1
