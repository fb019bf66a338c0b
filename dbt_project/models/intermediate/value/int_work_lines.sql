-- The lines that people wrote in each file on a day, of changes that stand and are more than trivial. What was
-- undone is worth nothing, and makes nothing else worth less. Deleted lines count for less. Changes whose size
-- nobody tells are together one change of an assumed size a day: cut finer, they would else be worth more.
with lines as (
    select
        sizes.outcome_id,
        sizes.shipped_on,
        coalesce(lines.path_key, '<all>') as path_key,
        lines.added_lines + deleting.weight * lines.deleted_lines as lines
    from {{ ref('int_change_sizes') }} as sizes
    inner join {{ ref('int_change_lines') }} as lines on sizes.outcome_id = lines.outcome_id
    inner join {{ ref('int_outcomes') }} as outcomes on sizes.outcome_id = outcomes.outcome_id
    inner join {{ ref('value_rules') }} as deleting
        on {{ rule_of_day('deleting', 'deleted_lines', 'sizes.shipped_on') }}
    left join {{ ref('int_path_kinds') }} as kinds on lines.path_key = kinds.path_key
    where
        sizes.stands and sizes.rule = 'effective_size'
        and (kinds.kind is null or (kinds.kind = 'manifest' and not outcomes.is_bot))

    union all

    select
        sizes.outcome_id,
        sizes.shipped_on,
        '<unknown>',
        unknown.threshold / count(*) over (
            partition by coalesce(outcomes.person_key, ''), outcomes.repository_key, sizes.shipped_on
        )
    from {{ ref('int_change_sizes') }} as sizes
    inner join {{ ref('int_outcomes') }} as outcomes on sizes.outcome_id = outcomes.outcome_id
    inner join {{ ref('value_rules') }} as unknown on {{ rule_of_day('unknown', 'size_unknown', 'sizes.shipped_on') }}
    where sizes.stands and sizes.rule = 'size_unknown'
),

placed as (
    select
        lines.outcome_id,
        {{ key_of(['outcomes.person_key', 'outcomes.repository_key']) }} as desk_key,
        lines.path_key,
        lines.shipped_on,
        lines.lines
    from lines
    inner join {{ ref('int_outcomes') }} as outcomes on lines.outcome_id = outcomes.outcome_id
    where lines.lines > 0
)

select
    *,
    {{ exact_sum('lines', over='partition by desk_key, path_key, shipped_on') }} as lines_of_day
from placed
