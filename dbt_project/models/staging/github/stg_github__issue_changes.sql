-- The states in which exports saw an issue: a reopened one no longer tells when it was closed, so all
-- exports that are current are read, not only the last.
with seen as (
    select
        repository_key,
        issue,
        state = 'closed' as is_done,
        replace(state_reason, '_', ' ') as resolution,
        coalesce(updated_at, extracted_at) as seen_at,
        case when state = 'closed' then closed_at else coalesce(updated_at, extracted_at) end as changed_at
    from ({{ current_rows('github_issues') }}) as issues
)

select
    cast(null as string) as site,
    repository_key,
    cast(issue as string) as issue_id,
    cast(null as string) as change_id,
    -- What is closed was open before, also where nobody saw it; what is open may always have been.
    case when is_done then false end as was_done,
    is_done,
    case when is_done then resolution end as resolution,
    changed_at
from seen
where changed_at is not null
qualify row_number() over (
    partition by repository_key, issue, is_done, changed_at order by seen_at desc, resolution nulls last
) = 1
