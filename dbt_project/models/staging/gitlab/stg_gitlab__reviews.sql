-- Approvals and notes of merge requests: who looked, and when. An approval that GitLab noted has its
-- moment; one that only the answer on approvals tells of was made before the merge.
with approvals as (
    select
        project_id,
        merge_request,
        approver_key,
        is_bot,
        approved_at
    from ({{ current_rows('gitlab_approvals') }}) as answers
    qualify row_number() over (
        partition by project_id, merge_request, approver_key order by extracted_at desc, approved_at
    ) = 1
),

notes as (
    select
        note_id,
        project_id,
        merge_request,
        author_key,
        is_bot,
        state,
        created_at
    from ({{ current_rows('gitlab_notes') }}) as notes
    qualify row_number() over (partition by note_id order by extracted_at desc, created_at desc, state) = 1
),

looks as (
    select
        project_id,
        merge_request,
        cast(note_id as string) as review_id,
        author_key as reviewer_key,
        is_bot,
        state,
        created_at as submitted_at
    from notes

    union all

    select
        approvals.project_id,
        approvals.merge_request,
        {{ dbt.concat(["'approval of '", 'approvals.approver_key']) }},
        approvals.approver_key,
        approvals.is_bot,
        'approved',
        approvals.approved_at
    from approvals
    left join notes
        on
            approvals.project_id = notes.project_id
            and approvals.merge_request = notes.merge_request
            and approvals.approver_key = notes.author_key
            and notes.state = 'approved'
    where notes.note_id is null
)

select
    merge_requests.repository_key,
    looks.review_id,
    merge_requests.pull_request,
    looks.reviewer_key,
    coalesce(looks.is_bot, false) as is_bot,
    looks.state,
    case
        when looks.review_id like 'approval of %'
            then least(looks.submitted_at, coalesce(merge_requests.merged_at, looks.submitted_at))
        else looks.submitted_at
    end as submitted_at
from looks
inner join {{ ref('stg_gitlab__pull_requests') }} as merge_requests
    on looks.project_id = merge_requests.project_id and looks.merge_request = merge_requests.pull_request
