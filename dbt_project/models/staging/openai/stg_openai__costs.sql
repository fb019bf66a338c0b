-- What OpenAI bills by day; the finest grouping counts, and of each of its rows the latest extraction.
with entries as (
    select
        *,
        count(line_item) over (partition by load_id) > 0 as by_line,
        count(coalesce(user_key, api_key_key)) over (partition by load_id) > 0 as by_account
    from ({{ current_rows('openai_costs') }}) as entries
),

finest as (
    select *
    from entries
    where lower(coalesce(currency, 'usd')) = 'usd'
    qualify dense_rank() over (
        partition by cast(began_at as date) order by by_line and by_account desc, by_line desc, by_account desc
    ) = 1
)

select
    *,
    cast(began_at as date) as usage_date
from finest
qualify row_number() over (
    partition by began_at, user_key, api_key_key, project_id, line_item, quantity_unit
    order by extracted_at desc, load_id desc
) = 1
