-- Outcomes that carry value with what they are worth if they last, also where they were undone later: before that
-- nobody knew. What was undone is no longer in any cluster; its own lines tell its worth.
with undone as (
    select
        bearers.bearer_id as outcome_id,
        {{ exact_sum(
            'ln(1 + (lines.added_lines + deleting.weight * lines.deleted_lines) / size_rule.threshold) / ln(2)'
        ) }} as units
    from {{ ref('int_value_bearers') }} as bearers
    inner join {{ ref('int_change_sizes') }} as sizes on bearers.outcome_id = sizes.outcome_id
    inner join {{ ref('int_change_lines') }} as lines on sizes.outcome_id = lines.outcome_id
    inner join {{ ref('value_rules') }} as size_rule
        on {{ rule_of_day('size_rule', 'effective_size', 'sizes.shipped_on') }}
    inner join {{ ref('value_rules') }} as deleting
        on {{ rule_of_day('deleting', 'deleted_lines', 'sizes.shipped_on') }}
    left join {{ ref('int_path_kinds') }} as kinds on lines.path_key = kinds.path_key
    where sizes.rule = 'effective_size' and kinds.kind is null
    group by bearers.bearer_id
)

select
    outcomes.outcome_id,
    outcomes.person_key,
    cast(outcomes.shipped_at as date) as shipped_on,
    cast(outcomes.undone_at as date) as undone_on,
    cast(
        case
            when outcomes.state = 'undone' then coalesce(undone.units, 0)
            when worth.value_is_provisional then worth.value_units / rates.survival_rate
            else worth.value_units
        end as double
    ) as worth
from {{ ref('int_outcomes') }} as outcomes
inner join {{ ref('int_outcome_value') }} as worth on outcomes.outcome_id = worth.outcome_id
inner join {{ ref('int_survival_rate') }} as rates
    on
        cast(outcomes.shipped_at as date) >= rates.valid_from
        and cast(outcomes.shipped_at as date) < coalesce(rates.valid_to, cast('9999-12-31' as date))
left join undone on outcomes.outcome_id = undone.outcome_id
where outcomes.carries_value and not outcomes.is_bot and outcomes.person_key is not null
