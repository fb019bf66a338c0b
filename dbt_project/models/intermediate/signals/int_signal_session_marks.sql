-- What each session that signals look at is made of, as one number: its circumstances, and all usage of its days.
with placed as (
    select
        {{ number_of(['placed.person_key', signal_session('placed')]) }} as session_number,
        {{ number_of(['placed.mark', 'days.mark']) }} as part
    from {{ ref('int_circumstances_placed') }} as placed
    inner join {{ ref('int_usage_day_marks') }} as days on placed.usage_date = days.usage_date
    where placed.person_key is not null and not placed.is_aggregate
)

select
    session_number,
    {{ mark_of(['session_number'], 'part') }} as mark
from placed
group by session_number
