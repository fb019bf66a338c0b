-- Up to which moment a session's requests belong to which change, by the best evidence: of what speaks
-- for one commit only the best kind counts.
with ranked as (
    select
        evidence.*,
        methods.priority,
        methods.probability,
        rank() over (
            partition by evidence.session_id, evidence.repository_key, coalesce(evidence.sha, evidence.outcome_id)
            order by methods.priority
        ) as place
    from {{ ref('int_evidence') }} as evidence
    inner join {{ ref('attribution_methods') }} as methods on evidence.method = methods.method
)

select
    session_id,
    happened_at,
    outcome_id,
    method
from ranked
where place = 1
qualify row_number() over (
    partition by session_id, happened_at, outcome_id order by priority, probability desc, method
) = 1
