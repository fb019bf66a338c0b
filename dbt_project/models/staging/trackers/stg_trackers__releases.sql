-- Releases of every tracker, drafts included.
{{ of_every_tracker('releases', '
        repository_key,
        release_id,
        tag,
        title_key,
        is_draft,
        author_key,
        is_bot,
        created_at,
        published_at') }}
