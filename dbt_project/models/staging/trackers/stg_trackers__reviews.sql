-- Reviews and approvals of pull requests of every tracker.
{{ of_every_tracker('reviews', '
        repository_key,
        review_id,
        pull_request,
        reviewer_key,
        is_bot,
        state,
        submitted_at') }}
