-- No request has two rows: a statement that came late would else be counted beside those before it. Looked at are those
-- of which something was said since the last build, as the others were looked at then; where there was none, all.
-- depends_on: {{ ref('int_changed_requests') }}

with looked_at as (
    select request_number
    from {{ ref('int_usage_requests') }}
    {% if was_built_before() %}
    where request_number in (select changed.request_number from {{ ref('int_changed_requests') }} as changed)
    {% endif %}
),

shared as (
    {{ repeated('request_number', 'looked_at') }}
)

-- Two keys can share a number by chance.
select request_digest
from {{ ref('int_usage_requests') }}
where request_number in (select shared.number from shared)
group by request_digest
having count(*) > 1
