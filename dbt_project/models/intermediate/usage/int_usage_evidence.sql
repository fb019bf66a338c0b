-- Every statement that some export makes about some request, in the same words; what is current of them is read by
-- int_usage_statements. A view: written down, a day's statements cost a seventh of its build, and all that they are is
-- in the raw tables. Rows of versions that were replaced stay there until a build has seen that they were.
-- Each source declares the models that bring its statements, and whose word they are.
{{ config(materialized='view') }}

-- By name: by position, two counters that a source lists in another order would mix without a word.
{% set columns %}
    load_id, source, said_tool, response_id, request_id, session_id, account_system, account_key,
    branch_key, folder_key, repository_key, said_provider, said_model, terms, input_uncached_tokens,
    cache_read_tokens, cache_write_5m_tokens, cache_write_1h_tokens, cache_writes_are_split, output_tokens,
    web_searches, vendor_cost_usd, vendor_cost_basis, record_rank, output_quality, tag_issue, tag_pull_request,
    tag_commit, occurred_at
{% endset %}

with statements as (
    {% for model, rank in usage_evidence().items() %}
    select
        {{ rank }} as source_rank,
        -- A record that is called as its response or its request is, as a gateway's, is no third name to keep.
        nullif(nullif(record_id, response_id), request_id) as record_id,
        {{ columns }}
    from {{ ref(model) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    *,
    input_uncached_tokens + cache_read_tokens + cache_write_5m_tokens + cache_write_1h_tokens + output_tokens
        as total_tokens
from statements
