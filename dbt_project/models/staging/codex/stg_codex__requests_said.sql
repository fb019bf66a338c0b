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
        {{ number_of(columns_of_statements() + ['record_id']) }} as made_of
    from {{ ref('stg_codex__requests_now') }}
)

select
    *,
    true as is_said,
    {% if is_incremental() %}
    -- Of a load that is new, all is; of another one that says something new, what is built learns it with the newest.
    case
        when load_id > (select coalesce(max(known.load_id), 0) from {{ this }} as known) then load_id
        else (select max(loads.load_id) from {{ source('audit', 'loads') }} as loads)
    end as since_load_id
from said
where made_of not in (select known.made_of from {{ this }} as known where known.is_said)
    {% else %}
    load_id as since_load_id
from said
    {% endif %}
