-- Circumstances on each day on which something was used under them, placed. `usage_id` names the row of fct_usage that
-- it goes into. A day is made anew when something that it is made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_placing_day_marks') }}"
    )
}}

with days as (
    select
        usage_date,
        mark
    from {{ ref('int_placing_day_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

{{ found_circumstances(days='days') }}

select
    found.circumstance_id,
    found.usage_date,
    {{ key_of([
        'found.usage_date', 'found.person_key', 'found.team_id', 'found.source', 'found.tool',
        'found.provider', 'found.model', 'found.placed_repository_key', 'found.branch_key',
        'case when found.is_aggregate then found.report else found.session_id end',
    ]) }} as usage_id,
    found.person_key,
    found.team_id,
    found.source,
    found.tool,
    found.provider,
    found.model,
    found.price_model,
    coalesce(found.price_model, found.model) as model_key,
    found.terms,
    found.placed_repository_key as repository_key,
    found.branch_key,
    found.session_id,
    found.is_aggregate,
    found.vendor_cost_basis,
    found.output_quality,
    found.tag_issue,
    found.tag_pull_request,
    found.tag_commit,
    found.mark,
    days.mark as made_of
from found
inner join days on found.usage_date = days.usage_date
