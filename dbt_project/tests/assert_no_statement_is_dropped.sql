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

-- By a thousand heaps of numbers that stand for keys: to join all keys takes three times as long. All that was said is
-- read once, because the engine writes down what is read twice, and it may not fit into memory.
evidence as (
    select
        load_id,
        number % 1000 as heap,
        count(*) as statements,
        sum(cast(number as {{ type_of_wide_sums() }})) as numbers
    from (
        select
            load_id,
            {{ number_of(['request_key']) }} as number
        from {{ ref('int_usage_statements') }}
    ) as statements
    group by load_id, number % 1000
),

evidence_by_load as (
    select
        load_id,
        sum(statements) as statements
    from evidence
    group by load_id
),

keys_said as (
    select
        heap,
        sum(statements) as statements,
        sum(numbers) as numbers
    from evidence
    group by heap
),

keys_counted as (
    select
        number % 1000 as heap,
        sum(statements) as statements,
        sum(cast(number as {{ type_of_wide_sums() }}) * statements) as numbers
    from (
        select
            {{ number_of(['request_key']) }} as number,
            statements
        from {{ ref('int_usage_requests') }}
    ) as requests
    group by number % 1000
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
    'statements of requests whose number ends with',
    cast(coalesce(said.heap, counted.heap) as string),
    said.statements,
    counted.statements
from keys_said as said
full outer join keys_counted as counted on said.heap = counted.heap
where
    coalesce(said.statements, 0) <> coalesce(counted.statements, 0)
    or coalesce(said.numbers, 0) <> coalesce(counted.numbers, 0)
