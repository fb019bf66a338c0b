-- What the links of requests are made of, as one number for the circumstances of a day: their requests and the
-- stretches of their session, and of work the moments, branches, notes, tags and issues that can meet them. Only of
-- those that any work meets.
with of_sessions as (
    select session_id, {{ number_of(['happened_at', 'outcome_id', 'method']) }} as part
    from {{ ref('int_session_moments') }}
    union all
    select session_id, {{ number_of(['stretch', 'outcome_id']) }} from {{ ref('int_stretches_before_branch') }}
    union all
    select session_id, {{ number_of(['outcome_id', 'person_key', 'to_at']) }} from {{ ref('int_noted_pull_requests') }}
),

sessions as (
    select
        session_id,
        {{ mark_of(['session_id'], 'part') }} as work
    from of_sessions
    group by session_id
),

branches as (
    select
        branch_key,
        {{ mark_of(['branch_key'], number_of([
            'repository_key', 'outcome_id', 'person_key', 'created_at', 'from_at', 'to_at', 'has_moments'
        ])) }} as work
    from {{ ref('int_changes_on_branches') }}
    group by branch_key
),

named as (
    select
        circumstance_id,
        usage_date,
        max(is_tag) as is_tagged,
        {{ mark_of(['circumstance_id'], number_of(['outcome_id', 'method'])) }} as work
    from (
        select circumstance_id, usage_date, outcome_id, method, true as is_tag from {{ ref('int_links_by_tag') }}
        union all
        select circumstance_id, usage_date, outcome_id, method, false from {{ ref('int_links_by_issue_key') }}
    ) as links
    group by circumstance_id, usage_date
),

met as (
    select
        placed.circumstance_id,
        placed.usage_date,
        coalesce(named.is_tagged, false) as is_tagged,
        {{ number_of([
            'placed.circumstance_id', 'placed.usage_date', 'placed.mark', 'days.mark', 'circumstances.mark',
            'stretches.mark', 'sessions.work', 'branches.work', 'named.work'
        ]) }} as mark
    from {{ ref('int_circumstances_placed') }} as placed
    inner join {{ ref('int_usage_day_marks') }} as days on placed.usage_date = days.usage_date
    left join {{ ref('int_session_circumstances') }} as circumstances
        on placed.circumstance_id = circumstances.circumstance_id and placed.usage_date = circumstances.usage_date
    left join {{ ref('int_session_marks') }} as stretches
        on {{ number_of(['circumstances.session_id']) }} = stretches.session_number
    left join sessions on circumstances.session_id = sessions.session_id
    left join branches on circumstances.branch_key = branches.branch_key
    left join named on placed.circumstance_id = named.circumstance_id and placed.usage_date = named.usage_date
    where coalesce(sessions.work, branches.work, named.work) is not null
)

select * from met
