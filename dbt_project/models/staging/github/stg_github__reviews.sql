-- One row a review.
select
    repository_key,
    cast(review_id as string) as review_id,
    pull_request,
    reviewer_key,
    coalesce(is_bot, false) as is_bot,
    state,
    submitted_at
from ({{ current_rows('github_reviews') }}) as reviews
qualify row_number() over (
    partition by repository_key, review_id order by extracted_at desc, submitted_at desc nulls last, state
) = 1
