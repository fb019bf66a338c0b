-- What each shipped change that stands is worth: its lines, at what a line of their clusters is worth; where
-- its size does not count, what its rule gives a change.
with worth as (
    select
        lines.outcome_id,
        {{ exact_sum('lines.lines * clusters.units_a_line') }} as units
    from {{ ref('int_work_lines') }} as lines
    inner join {{ ref('int_cluster_worth') }} as clusters
        on
            lines.desk_key = clusters.desk_key
            and lines.path_key = clusters.path_key
            and lines.shipped_on = clusters.shipped_on
    group by lines.outcome_id
)

select
    sizes.outcome_id,
    sizes.rule,
    case
        when not sizes.stands then 0
        when sizes.rule = 'effective_size' then coalesce(worth.units, 0)
        when sizes.rule = 'size_unknown' then rules.weight * coalesce(worth.units, 0)
        else rules.weight
    end as units,
    sizes.stands
from {{ ref('int_change_sizes') }} as sizes
inner join {{ ref('value_rules') }} as rules
    on
        sizes.rule = rules.rule
        and sizes.shipped_on >= rules.valid_from
        and sizes.shipped_on < coalesce(rules.valid_to, cast('9999-12-31' as date))
left join worth on sizes.outcome_id = worth.outcome_id
