-- Every statement that some export makes about some request, in the same words; what is current of them is read by
-- int_usage_statements. A view: written down, a day's statements cost a seventh of its build, and all that they are is
-- in the raw tables. Rows of versions that were replaced stay there until a build has seen that they were.
-- Each source declares the models that bring its statements, and whose word they are.
{{ config(materialized='view') }}

-- By name: by position, two counters that a source lists in another order would mix without a word.
with statements as (
    {% for model, rank in usage_evidence().items() %}
    select
        {{ rank }} as source_rank,
        -- A record that is called as its response or its request is, as a gateway's, is no third name to keep.
        nullif(nullif(record_id, response_id), request_id) as record_id,
        {{ columns_of_statements() | join(',\n        ') }}
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    *,
    input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens
        as total_tokens
from statements
