-- How often each kind of evidence is right, measured on what this data knows exactly: the links that a
-- checkpoint or git's own mark proves are hidden, told by the weaker kinds, and compared. A link is
-- judged only where the sessions of every commit that speaks for it are known. Shipped defaults count
-- like twenty links, so that few figures move them little.
with known as (
    select
        session_id,
        repository_key,
        sha,
        outcome_id
    from {{ ref('int_session_commits') }}
    where is_timely
),

known_commits as (
    select distinct
        repository_key,
        sha
    from known
),

known_links as (
    select distinct
        session_id,
        outcome_id
    from known
),

told as (
    select * from {{ ref('int_evidence_by_branch') }}
    union all
    select * from {{ ref('int_evidence_by_first_commit') }}
),

links as (
    select
        told.session_id,
        told.outcome_id,
        methods.method,
        methods.priority,
        methods.probability,
        min(case when known_commits.sha is not null then 1 else 0 end) over (
            partition by told.session_id, told.outcome_id
        ) as is_judged
    from told
    inner join {{ ref('attribution_methods') }} as methods on told.method = methods.method
    left join known_commits
        on told.repository_key = known_commits.repository_key and told.sha = known_commits.sha
),

judged as (
    select distinct
        links.method,
        links.session_id,
        links.outcome_id,
        case when known_links.session_id is not null then 1 else 0 end as is_hit
    from links
    left join known_links
        on links.session_id = known_links.session_id and links.outcome_id = known_links.outcome_id
    where links.is_judged = 1
),

counted as (
    select
        method,
        count(*) as judged,
        sum(is_hit) as hits
    from judged
    group by method
)

select
    methods.method,
    methods.probability as default_probability,
    coalesce(counted.judged, 0) as judged,
    cast(coalesce(counted.hits, 0) as bigint) as hits,
    cast(
        (coalesce(counted.hits, 0) + 20 * methods.probability) / (coalesce(counted.judged, 0) + 20) as decimal(5, 4)
    ) as probability
from {{ ref('attribution_methods') }} as methods
left join counted on methods.method = counted.method
