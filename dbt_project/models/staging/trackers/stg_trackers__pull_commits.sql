-- Commits of pull requests of every tracker, as they were on their branches.
{{ of_every_tracker('pull_commits', '
        repository_key,
        pull_request,
        sha,
        author_login_key,
        author_key,
        committer_login_key,
        committer_key,
        is_bot,
        is_merge,
        change_fingerprint,
        issue_keys,
        closed_issues,
        entire_checkpoints,
        authored_at,
        committed_at') }}
