-- For each request the outcomes that the best evidence names; usually one. The company's own tags come
-- first, then the moments of the session, its branch, the only pull request that it noted, and last the
-- issue that the branch names. A request whose best evidence names several outcomes is shared between
-- them.
-- Requests are looked at again where what their links are made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_link_marks') }}"
    )
}}

with parts as (
    select
        circumstance_id,
        usage_date,
        is_tagged,
        mark
    from {{ ref('int_link_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

-- Of requests that no tag names.
found as (
    select request_number, outcome_id, method, 2 as stage, made_of from {{ ref('int_links_by_moment') }}
    union all
    select request_number, outcome_id, method, 3, made_of from {{ ref('int_links_by_branch') }}
    union all
    select request_number, outcome_id, method, 4, made_of from {{ ref('int_links_by_noted_pull_request') }}
),

links as (
    select found.*
    from found
    inner join parts on found.made_of = parts.mark
    union all
    select
        priced.request_number,
        named.outcome_id,
        named.method,
        5,
        parts.mark
    from {{ ref('int_links_by_issue_key') }} as named
    inner join parts
        on named.circumstance_id = parts.circumstance_id and named.usage_date = parts.usage_date and not parts.is_tagged
    inner join {{ ref('int_usage_priced') }} as priced
        on named.circumstance_id = priced.circumstance_id and named.usage_date = priced.usage_date
),

best as (
    select *
    from links
    qualify rank() over (partition by made_of, request_number order by stage) = 1
)

select
    request_number,
    outcome_id,
    method,
    row_number() over (partition by made_of, request_number order by outcome_id) as place,
    count(*) over (partition by made_of, request_number) as places,
    made_of
from (select distinct request_number, outcome_id, method, made_of from best) as links

union all

-- To rank each of these requests would cost ten times as much as to look up what their tag names.
select
    priced.request_number,
    tags.outcome_id,
    tags.method,
    tags.place,
    tags.places,
    parts.mark
from {{ ref('int_links_by_tag') }} as tags
inner join parts on tags.circumstance_id = parts.circumstance_id and tags.usage_date = parts.usage_date
inner join {{ ref('int_usage_priced') }} as priced
    on tags.circumstance_id = priced.circumstance_id and tags.usage_date = priced.usage_date
