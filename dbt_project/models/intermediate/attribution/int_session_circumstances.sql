-- Circumstances in which usage can meet work, by day: in which session, on which branch of which repository, and by
-- whom. What came without a session, by a gateway, is taken together by person and branch. The mark is one number of
-- all that a row says.
select
    placed.circumstance_id,
    placed.usage_date,
    coalesce(
        placed.session_id, {{ key_of(['placed.person_key', 'placed.repository_key', 'placed.branch_key']) }}
    ) as session_id,
    coalesce(learned.author_person_key, placed.person_key) as person_key,
    placed.repository_key,
    placed.branch_key,
    {{ number_of(['placed.mark', 'learned.author_person_key']) }} as mark
from {{ ref('int_circumstances_placed') }} as placed
left join {{ ref('int_learned_people') }} as learned on placed.person_key = learned.person_key
where placed.session_id is not null or placed.branch_key is not null
