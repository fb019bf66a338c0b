-- What the stretches of each session are made of, as one number: its circumstances, and all usage of its days.
with circumstances as (
    select
        {{ number_of(['circumstances.session_id']) }} as session_number,
        {{ number_of(['circumstances.mark', 'days.mark']) }} as part
    from {{ ref('int_session_circumstances') }} as circumstances
    inner join {{ ref('int_usage_day_marks') }} as days on circumstances.usage_date = days.usage_date
)

select
    session_number,
    {{ mark_of(['session_number'], 'part') }} as mark
from circumstances
group by session_number
