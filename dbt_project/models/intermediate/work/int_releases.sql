-- Releases: those that were published, and tags that name a version where nobody published them.
with published as (
    select
        releases.tracker,
        repositories.known_as_key as repository_key,
        releases.tag,
        releases.title_key,
        releases.author_key as account_key,
        releases.is_bot,
        releases.created_at,
        case when not releases.is_draft then releases.published_at end as published_at
    from {{ ref('stg_trackers__releases') }} as releases
    inner join {{ ref('int_repositories') }} as repositories on releases.repository_key = repositories.repository_key
    qualify row_number() over (
        partition by repositories.known_as_key, releases.tag
        order by releases.published_at nulls last, releases.release_id
    ) = 1
),

tags as (
    select
        repositories.known_as_key as repository_key,
        tags.tag,
        tags.created_at,
        commits.on_default_branch,
        -- A tracker may note a merge a second later than the commit that it made.
        {{ dbt.dateadd('second', 5, 'commits.committed_at') }} as contains_up_to
    from {{ ref('stg_git__tags') }} as tags
    inner join {{ ref('int_repositories') }} as repositories on tags.repository_key = repositories.repository_key
    left join {{ ref('int_commits') }} as commits
        on repositories.known_as_key = commits.repository_key and tags.sha = commits.sha
    qualify row_number() over (
        partition by repositories.known_as_key, tags.tag order by tags.created_at desc, tags.sha
    ) = 1
),

releases as (
    select
        tracker,
        repository_key,
        tag,
        title_key,
        account_key,
        is_bot,
        created_at as opened_at,
        published_at as shipped_at
    from published

    union all

    select
        'git',
        tags.repository_key,
        tags.tag,
        cast(null as string),
        cast(null as string),
        false,
        tags.created_at,
        tags.created_at
    from tags
    left join published on tags.repository_key = published.repository_key and tags.tag = published.tag
    where published.tag is null and regexp_extract(tags.tag, '^[vV]?[0-9]+[.][0-9]+', 0) <> ''
)

select
    {{ key_under('releases.repository_key', ["'release'", 'releases.tag']) }} as outcome_id,
    releases.*,
    -- What a release contains was on the default branch when the commit that it names was made; a patch
    -- of an older version, made beside that branch, contains nothing of what is there.
    case
        when not tags.on_default_branch then null
        else coalesce(tags.contains_up_to, releases.shipped_at)
    end as contains_up_to
from releases
left join tags on releases.repository_key = tags.repository_key and releases.tag = tags.tag
