-- Every statement of an export that is current became evidence, and every piece of evidence part of a request. Evidence
-- grows by the loads that are newer than it: one that came late, or twice, would show here. Looked at are loads newer
-- than the last build, and requests of which something was said since, as the others were looked at then; where there
-- was none, all.
-- The exports are whatever int_usage_evidence is made of.
-- depends_on: {{ ref('int_changed_requests') }}
-- depends_on: {{ ref('int_changed_loads') }}
{% set exports = graph.nodes['model.tokenworth.int_usage_evidence'].depends_on.nodes if execute else [] %}
{% set number = number_of(['request_key']) %}
{% set only_changed = was_built_before() %}
{% set is_changed %}
{{ number }} in (select changed.request_number from {{ ref('int_changed_requests') }} as changed)
{% endset %}

with new_loads as (
    select load_id
    from {{ source('audit', 'loads') }}
    where
        superseded_at is null
        and load_id > coalesce((select max(built.load_id) from {{ source('audit', 'built_up_to') }} as built), 0)
),

said_by_load as (
    select
        said.load_id,
        count(*) as statements
    from (
        {% for export in exports if export in graph.nodes %}
        select load_id from {{ graph.nodes[export].relation_name }}
        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as said
    inner join new_loads on said.load_id = new_loads.load_id
    group by said.load_id
),

-- By a thousand heaps of numbers that stand for keys: to join all keys takes three times as long. All that was said is
-- read once, because the engine writes down what is read twice, and it may not fit into memory.
evidence as (
    select
        load_id,
        number % 1000 as heap,
        count(*) as statements,
        sum(case when is_changed then 1 else 0 end) as changed_statements,
        sum(case when is_changed then cast(number as {{ type_of_wide_sums() }}) end) as numbers
    from (
        select
            load_id,
            {{ number }} as number,
            {{ is_changed if only_changed else 'true' }} as is_changed
        from {{ ref('int_usage_statements') }}
        {% if only_changed %}
        where load_id in (select load_id from {{ ref('int_changed_loads') }} union select load_id from new_loads)
        {% endif %}
    ) as statements
    group by load_id, number % 1000
),

-- A new load that tells of a request which is not taken for changed would not be heard.
evidence_by_load as (
    select
        load_id,
        sum(statements) as statements,
        sum(changed_statements) as changed_statements
    from evidence
    where load_id in (select new_loads.load_id from new_loads)
    group by load_id
),

keys_said as (
    select
        heap,
        sum(changed_statements) as statements,
        sum(numbers) as numbers
    from evidence
    group by heap
),

keys_counted as (
    select
        request_number % 1000 as heap,
        sum(statements) as statements,
        sum(cast(request_number as {{ type_of_wide_sums() }}) * statements) as numbers
    from {{ ref('int_usage_requests') }}
    {% if only_changed %}
    where request_number in (select changed.request_number from {{ ref('int_changed_requests') }} as changed)
    {% endif %}
    group by request_number % 1000
)

select
    'statements of a load' as found,
    cast(coalesce(said.load_id, evidence.load_id) as string) as name,
    said.statements as ours,
    evidence.changed_statements as theirs
from said_by_load as said
full outer join evidence_by_load as evidence on said.load_id = evidence.load_id
where
    coalesce(said.statements, 0) <> coalesce(evidence.statements, 0)
    or evidence.statements <> evidence.changed_statements

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

union all

select
    'requests of a load that was replaced',
    cast(newest_load_id as string),
    count(*),
    0
from {{ ref('int_usage_requests') }}
where
    newest_load_id not in (
        select loads.load_id
        from {{ source('audit', 'loads') }} as loads
        where loads.superseded_at is null
    )
group by newest_load_id
