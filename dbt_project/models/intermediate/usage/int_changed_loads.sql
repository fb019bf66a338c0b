-- Loads in which statements of requests stand that changed, found by keys alone: only their rows have to be read whole.
-- A table, because the engine, where it has to guess how many there are, guesses that they are all.
select distinct statements.load_id
from {{ ref('int_usage_statements') }} as statements
inner join {{ ref('int_changed_requests') }} as changed
    on {{ number_of(['statements.request_key']) }} = changed.request_number
