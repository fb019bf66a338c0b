-- Requests as rollouts tell of them, and as they did. What one says follows from its other counts, and from other
-- files: the first turn comes after some requests, and a parent, read late, says of which family its forks are. What is
-- built of requests has to learn what is not said any more, so that stays, with is_said = false.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook=[
            "{{ forget_forgotten_loads(this) }}",
            "{{ unsay(this, 'stg_codex__requests_now') }}"
        ]
    )
}}

with said as (
    select
        *,
        {{ mark_of_a_statement() }} as made_of
    from {{ ref('stg_codex__requests_now') }}
),

known as (
    {% if is_incremental() %}
    select coalesce(max(load_id), 0) as load_id from {{ this }}
    {% else %}
    select 0 as load_id
    {% endif %}
)

select
    said.*,
    true as is_said,
    -- Of a load that is new, all is; of another one that says something new, what is built learns it with the newest.
    case
        when said.load_id > known.load_id then said.load_id
        else (select max(loads.load_id) from {{ source('audit', 'loads') }} as loads)
    end as since_load_id
from said
cross join known
{% if is_incremental() %}
where said.made_of not in (select before.made_of from {{ this }} as before where before.is_said)
{% endif %}
