-- Under which rule a shipped change falls, by the lines that count: those of no file that a seed leaves out. A
-- revert has no size: it only takes back.
with reverts as (
    select distinct reverting_id from {{ ref('int_revert_lines') }}
),

changes as (
    select
        outcomes.outcome_id,
        outcomes.is_bot,
        outcomes.state = 'shipped' as stands,
        cast(outcomes.shipped_at as date) as shipped_on
    from {{ ref('int_outcomes') }} as outcomes
    left join reverts on outcomes.outcome_id = reverts.reverting_id
    where outcomes.outcome_type = 'change' and outcomes.shipped_at is not null and reverts.reverting_id is null
),

-- Without a line, a commit whose repository was exported with its files is empty; of others it is not known.
looked_into as (
    select distinct changes.outcome_id
    from {{ ref('int_change_commits') }} as changes
    inner join {{ ref('int_commits') }} as commits
        on changes.repository_key = commits.repository_key and changes.sha = commits.sha
    where
        not commits.is_merge
        and changes.repository_key in (select lines.repository_key from {{ ref('int_commit_lines') }} as lines)
),

sorted as (
    select
        lines.outcome_id,
        lines.added_lines,
        lines.deleted_lines,
        case
            when kinds.kind is null or (kinds.kind = 'manifest' and not changes.is_bot) then 'written'
            when kinds.kind in ('documentation', 'manifest') then kinds.kind
        end as kind
    from {{ ref('int_change_lines') }} as lines
    inner join changes on lines.outcome_id = changes.outcome_id
    left join {{ ref('int_path_kinds') }} as kinds on lines.path_key = kinds.path_key
),

sizes as (
    select
        outcome_id,
        coalesce({{ exact_sum("case when kind = 'written' then added_lines end") }}, 0) as added_lines,
        coalesce({{ exact_sum("case when kind = 'written' then deleted_lines end") }}, 0) as deleted_lines,
        coalesce(
            {{ exact_sum("case when kind in ('documentation', 'manifest') then added_lines + deleted_lines end") }}, 0
        ) as other_lines
    from sorted
    group by outcome_id
)

select
    changes.outcome_id,
    changes.shipped_on,
    changes.stands,
    case
        when sizes.outcome_id is null and looked_into.outcome_id is null then 'size_unknown'
        when coalesce(sizes.added_lines + sizes.deleted_lines + sizes.other_lines, 0) = 0 then 'empty'
        when sizes.added_lines + sizes.deleted_lines = 0 and changes.is_bot then 'bot_upkeep'
        when sizes.added_lines + sizes.deleted_lines = 0 then 'documentation'
        when greatest(sizes.added_lines, sizes.deleted_lines) <= trivial.threshold then 'trivial'
        else 'effective_size'
    end as rule
from changes
left join sizes on changes.outcome_id = sizes.outcome_id
left join looked_into on changes.outcome_id = looked_into.outcome_id
inner join {{ ref('value_rules') }} as trivial on {{ rule_of_day('trivial', 'trivial', 'changes.shipped_on') }}
