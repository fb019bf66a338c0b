-- Lines that a commit wrote and took away in each file. Formatting and lines that only moved are left out
-- where the export tells: a moved line is counted once as added and once as deleted, maybe in another file.
with counted as (
    select
        files.sha,
        repositories.known_as_key as repository_key,
        files.path_key,
        coalesce(files.effective_added_lines, files.added_lines, 0) as added,
        coalesce(files.effective_deleted_lines, files.deleted_lines, 0) as deleted,
        coalesce(files.moved_lines, 0) as moved
    from {{ ref('stg_git__commit_files') }} as files
    inner join {{ ref('int_repositories') }} as repositories on files.repository_key = repositories.repository_key
    -- The same commit may have been exported under an old name of the repository and a new one.
    qualify row_number() over (
        partition by repositories.known_as_key, files.sha, files.path_key
        order by
            files.effective_added_lines nulls last, files.added_lines nulls last, files.repository_key,
            -- Or which of two rows of one file counts would be by chance, and another with the next rebuild.
            files.effective_deleted_lines nulls last, files.deleted_lines nulls last, files.moved_lines nulls last
    ) = 1
),

totals as (
    select
        *,
        sum(moved) over (partition by repository_key, sha) as moved_in_all,
        sum(deleted) over (partition by repository_key, sha) as deleted_in_all
    from counted
)

select
    repository_key,
    sha,
    path_key,
    cast(greatest(added - moved, 0) as double) as added_lines,
    deleted * (1 - least(1, coalesce(cast(moved_in_all as double) / nullif(deleted_in_all, 0), 0))) as deleted_lines
from totals
