-- How outcomes hang together.
select distinct
    outcome_id,
    related_outcome_id,
    relation
from {{ ref('int_outcome_links') }}
