-- An issue's entries into and exits from being done, in order, with the resolution that came with them.
with changes as (
    select
        changes.*,
        coalesce(repositories.known_as_key, changes.site) as home
    from {{ ref('stg_trackers__issue_changes') }} as changes
    left join {{ ref('int_repositories') }} as repositories on changes.repository_key = repositories.repository_key
),

in_order as (
    select
        *,
        -- What the change says it came from; else what the one before it left behind. Ids are numbers
        -- that grow: the longer is the later.
        coalesce(
            was_done,
            lag(is_done) over (
                partition by tracker, home, issue_id order by changed_at, length(change_id), change_id, is_done
            ),
            false
        ) as stood_done
    from changes
)

select
    tracker,
    home,
    issue_id,
    changed_at,
    change_id,
    resolution,
    is_done
from in_order
where is_done <> stood_done
