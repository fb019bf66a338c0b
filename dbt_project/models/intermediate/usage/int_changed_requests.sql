-- Requests of which something was said, or is no longer said, since the last build that came to its end, by the
-- number of their keys; none where there was no such build, because all are made then.
-- A load is new when its number is above the highest that the build knew; an older load ended when a newer one of
-- the same file took its place. A request can change its key (an id that joins two statements arrives late), so
-- every id that those loads mention counts, and every id of a pair that since then is known for one request, or is
-- not any more, or of which those loads mention the other; and what the others are called that share a request's
-- id with them. No id of a pair is known by both sides, so that no pair leads on to another.
with built as (
    select max(load_id) as load_id from {{ source('audit', 'built_up_to') }}
),

changed_loads as (
    select newer.load_id
    from {{ source('audit', 'loads') }} as newer
    inner join built on newer.load_id > built.load_id
    union
    select older.load_id
    from {{ source('audit', 'loads') }} as older
    inner join {{ source('audit', 'loads') }} as newer on older.file_key = newer.file_key
    inner join built on newer.load_id > built.load_id
    where older.superseded_at is not null
),

mentioned as (
    select
        response_id,
        request_id,
        record_id
    from {{ ref('int_usage_evidence') }}
    where load_id in (select changed_loads.load_id from changed_loads)
    union all
    -- A rollout can say otherwise what it said before, because of another file.
    select
        said.response_id,
        said.request_id,
        said.record_id
    from {{ ref('stg_codex__requests_said') }} as said
    inner join built on said.since_load_id > built.load_id
),

ids as (
    {% for id in ['response_id', 'request_id', 'record_id'] %}
    select {{ number_of([id]) }} as request_number from mentioned where {{ id }} is not null
    union
    {% endfor %}
    {% for id, other_id in [('request_id', 'response_id'), ('response_id', 'request_id')] %}
    select {{ number_of(['pairs.' ~ id]) }}
    from {{ ref('int_usage_matched') }} as pairs
    inner join built on pairs.since_load_id > built.load_id
    union
    select {{ number_of(['pairs.' ~ id]) }}
    from {{ ref('int_usage_matched') }} as pairs
    where pairs.{{ other_id }} in (select mentioned.{{ other_id }} from mentioned)
    {% if not loop.last %}union{% endif %}
    {% endfor %}
)

select ids.request_number
from ids
union
select {{ number_of(['statements.request_key']) }}
from {{ ref('int_usage_statements') }} as statements
inner join ids on {{ number_of(['statements.request_id']) }} = ids.request_number
-- Without these words sources that have none would be read.
where statements.request_id is not null
