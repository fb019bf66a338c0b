-- Of each day one number of all circumstances and of what is found of them, so that they are placed anew only where
-- that is something else.
with {{ found_circumstances() }}

select
    usage_date,
    {{ mark_of(['usage_date'], 'mark') }} as mark
from found
group by usage_date
