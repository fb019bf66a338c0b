-- What OpenAI counted, row by row of its reports. Files that were grouped by less tell of the same use again: of each
-- kind and day the finest grouping counts, and of each of its rows the latest extraction.
with entries as (
    select
        *,
        count(model) over (partition by load_id) > 0 as by_model,
        count(coalesce(user_key, api_key_key)) over (partition by load_id) > 0 as by_account,
        coalesce({{ seconds_between('began_at', 'ended_at') }}, 86400) as seconds
    from ({{ current_rows('openai_usage') }}) as entries
),

finest as (
    select *
    from entries
    qualify dense_rank() over (
        partition by kind, cast(began_at as date)
        order by by_model and by_account desc, by_model desc, by_account desc, seconds desc
    ) = 1
)

select
    *,
    cast(began_at as date) as usage_date
from finest
qualify row_number() over (
    partition by
        kind, began_at, user_key, api_key_key, project_id, model, service_tier, is_batch, size, source,
        vector_store_id, context_level
    order by extracted_at desc, load_id desc
) = 1
