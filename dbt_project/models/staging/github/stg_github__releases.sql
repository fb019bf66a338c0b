-- One row a release, as the last export has it.
select
    repository_key,
    cast(release_id as string) as release_id,
    tag,
    title_key,
    coalesce(is_draft, false) as is_draft,
    author_key,
    coalesce(is_bot, false) as is_bot,
    created_at,
    published_at
from ({{ current_rows('github_releases') }}) as releases
qualify row_number() over (
    partition by repository_key, release_id order by extracted_at desc, published_at desc nulls last, tag
) = 1
