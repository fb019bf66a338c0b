-- Requests by the stretch of their session: the stay of a session on one branch of one repository without a pause
-- of more than half an hour. Numbers stand for texts, which would be sorted with every request. A session is made anew
-- when something that it is made of is not what it was.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_other_marks(this, 'int_session_marks') }}"
    )
}}

with sessions as (
    select
        session_number,
        mark
    from {{ ref('int_session_marks') }}
    {% if is_incremental() %}
    where mark not in (select distinct known.made_of from {{ this }} as known)
    {% endif %}
),

circumstances as (
    select
        met.circumstance_id,
        met.usage_date,
        sessions.session_number,
        sessions.mark as made_of,
        {{ number_of(["coalesce(met.branch_key, '')"]) }} as branch_number,
        case when met.repository_key is not null then {{ number_of(['met.repository_key']) }} end as repository_number
    from {{ ref('int_session_circumstances') }} as met
    inner join sessions on {{ number_of(['met.session_id']) }} = sessions.session_number
),

requests as (
    select
        priced.request_number,
        priced.circumstance_id,
        priced.usage_date,
        priced.occurred_at,
        circumstances.session_number,
        circumstances.branch_number,
        circumstances.repository_number,
        circumstances.made_of
    from {{ ref('int_usage_priced') }} as priced
    inner join circumstances
        on priced.circumstance_id = circumstances.circumstance_id and priced.usage_date = circumstances.usage_date
),

earlier as (
    select
        *,
        lag(branch_number) over ({{ in_session() }}) as earlier_branch_number,
        lag(repository_number) over ({{ in_session() }}) as earlier_repository_number,
        lag(occurred_at) over ({{ in_session() }}) as earlier_at
    from requests
),

begun as (
    select
        *,
        case
            when
                branch_number = earlier_branch_number
                -- Where no alias names a folder, its repository is unknown, and that is no other one.
                and coalesce(repository_number, earlier_repository_number, 0)
                = coalesce(earlier_repository_number, repository_number, 0)
                and occurred_at <= {{ dbt.dateadd('minute', 30, 'earlier_at') }}
                then 0
            else 1
        end as begins
    from earlier
)

select
    request_number,
    circumstance_id,
    usage_date,
    occurred_at,
    sum(begins) over ({{ in_session() }} rows unbounded preceding) as stretch,
    made_of
from begun
