-- Reviews of pull requests, by person.
select
    pulls.outcome_id,
    days.person_key,
    reviews.is_bot,
    lower(reviews.state) as state,
    reviews.submitted_at
from {{ ref('stg_trackers__reviews') }} as reviews
inner join {{ ref('int_repositories') }} as repositories on reviews.repository_key = repositories.repository_key
inner join {{ ref('int_pull_requests') }} as pulls
    on repositories.known_as_key = pulls.repository_key and reviews.pull_request = pulls.pull_request
left join {{ ref('int_account_days') }} as days
    on
        reviews.tracker = days.system
        and reviews.reviewer_key = days.account_key
        and cast(reviews.submitted_at as date) = days.day
where reviews.submitted_at is not null
-- A review may have been exported under an old name of the repository and a new one.
qualify row_number() over (
    partition by pulls.outcome_id, reviews.review_id order by reviews.submitted_at desc, reviews.repository_key
) = 1
