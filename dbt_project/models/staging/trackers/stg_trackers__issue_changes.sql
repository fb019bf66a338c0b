-- What the exports of every tracker say of issues being done, or not any more, at a moment: entries of
-- a history, or the states in which they saw an issue.
{{ of_every_tracker('issue_changes', '
        site,
        repository_key,
        issue_id,
        change_id,
        was_done,
        is_done,
        resolution,
        changed_at') }}
