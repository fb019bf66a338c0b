-- Every statement of an export that is current became evidence, and every piece of evidence part of a request.
-- Evidence grows by the loads that are newer than it: one that came late, or twice, would show here.
-- The exports are whatever int_usage_evidence is made of.
{% set exports = graph.nodes['model.tokenworth.int_usage_evidence'].depends_on.nodes if execute else [] %}

with said as (
    {% for export in exports if export in graph.nodes %}
    select load_id from {{ graph.nodes[export].relation_name }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

said_by_load as (
    select
        said.load_id,
        count(*) as statements
    from said
    inner join {{ source('audit', 'loads') }} as loads on said.load_id = loads.load_id
    where loads.superseded_at is null
    group by said.load_id
),

evidence_by_load as (
    select
        load_id,
        count(*) as statements
    from {{ ref('int_usage_statements') }}
    group by load_id
),

evidence_by_request as (
    select
        request_key,
        count(*) as statements
    from {{ ref('int_usage_statements') }}
    group by request_key
)

select
    'statements of a load' as found,
    cast(coalesce(said.load_id, evidence.load_id) as string) as name,
    said.statements as ours,
    evidence.statements as theirs
from said_by_load as said
full outer join evidence_by_load as evidence on said.load_id = evidence.load_id
where coalesce(said.statements, 0) <> coalesce(evidence.statements, 0)

union all

select
    'statements of a request',
    coalesce(evidence.request_key, requests.request_key),
    evidence.statements,
    requests.statements
from evidence_by_request as evidence
full outer join {{ ref('int_usage_requests') }} as requests on evidence.request_key = requests.request_key
where coalesce(evidence.statements, 0) <> coalesce(requests.statements, 0)
