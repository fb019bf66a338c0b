-- Issues that a pull request closes as some tracker says itself, not a text: by number in a repository,
-- or by key.
{{ of_every_tracker('closing_links', '
        repository_key,
        pull_request,
        issue_repository_key,
        issue_number,
        issue_key') }}
