-- Circumstances of a day to which the company itself wrote what they were for: all requests under them are linked to
-- what the best of their tags names, and shared between several. No other evidence counts then.
with tagged as (
    select
        circumstance_id,
        usage_date,
        repository_key,
        -- `PROJ-12` and `AB#12` are keys, `12` and `#12` are numbers of the repository.
        case when tag_issue like 'AB#%' then tag_issue else {{ dbt.split_part('tag_issue', "'#'", -1) }} end
            as issue_key,
        case when not tag_issue like 'AB#%' then try_cast({{ dbt.split_part('tag_issue', "'#'", -1) }} as bigint) end
            as issue_number,
        tag_pull_request,
        tag_commit
    from {{ ref('int_circumstances_placed') }}
    where tag_issue is not null or tag_pull_request is not null or tag_commit is not null
),

numbered as (
    select distinct repository_key
    from {{ ref('int_issue_targets') }}
    where repository_key is not null
),

found as (
    select
        tagged.circumstance_id,
        tagged.usage_date,
        pulls.outcome_id,
        'pull_request_tag' as method
    from tagged
    inner join {{ ref('int_pull_requests') }} as pulls
        on tagged.repository_key = pulls.repository_key and tagged.tag_pull_request = pulls.pull_request

    union

    select
        tagged.circumstance_id,
        tagged.usage_date,
        changes.outcome_id,
        'commit_tag'
    from tagged
    inner join {{ ref('int_change_commits') }} as changes
        on {{ same_commit('changes.sha', 'tagged.tag_commit') }}

    union

    select
        tagged.circumstance_id,
        tagged.usage_date,
        targets.outcome_id,
        'issue_tag'
    from tagged
    inner join {{ ref('int_issue_targets') }} as targets on tagged.issue_key = targets.issue_key

    union

    select
        tagged.circumstance_id,
        tagged.usage_date,
        targets.outcome_id,
        'issue_tag'
    from tagged
    inner join {{ ref('int_issue_targets') }} as targets
        on tagged.repository_key = targets.repository_key and tagged.issue_number = targets.issue

    union

    -- Elsewhere numbers are the whole tracker's, as of Azure DevOps; where a repository has issues of its own
    -- they are those.
    select
        tagged.circumstance_id,
        tagged.usage_date,
        targets.outcome_id,
        'issue_tag'
    from tagged
    inner join {{ ref('int_issue_targets') }} as targets
        on tagged.issue_number = targets.issue and targets.repository_key is null
    left join numbered on tagged.repository_key = numbered.repository_key
    where numbered.repository_key is null
),

best as (
    select found.*
    from found
    inner join {{ ref('attribution_methods') }} as methods on found.method = methods.method
    qualify rank() over (partition by found.circumstance_id, found.usage_date order by methods.priority) = 1
)

select
    *,
    row_number() over (partition by circumstance_id, usage_date order by outcome_id) as place,
    count(*) over (partition by circumstance_id, usage_date) as places
from best
