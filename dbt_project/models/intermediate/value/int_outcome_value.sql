-- The worth of every shipped piece of work, on the row that bears it: that of the changes behind it, divided
-- where a change has several bearers. Whatever is put around a change, the worth behind stays the same. Before
-- its horizon has passed, it counts at the rate at which work survives.
with work_behind as (
    select
        bearers.bearer_id as outcome_id,
        {{ exact_sum('changes.units / bearers.places') }} as units,
        min_by(changes.rule, case changes.rule
            when 'effective_size' then 1 when 'size_unknown' then 2 when 'documentation' then 3
            when 'trivial' then 4 when 'bot_upkeep' then 5 else 6
        end) as rule
    from {{ ref('int_value_bearers') }} as bearers
    inner join {{ ref('int_change_worth') }} as changes on bearers.outcome_id = changes.outcome_id
    where changes.stands
    group by bearers.bearer_id
),

shipped as (
    select
        outcomes.outcome_id,
        outcomes.state,
        coalesce(outcomes.survival = 'pending', false) as value_is_provisional,
        cast(outcomes.shipped_at as date) as shipped_on,
        case
            when outcomes.state = 'undone' then 'undone'
            when unlinked.outcome_id is not null then unlinked.rule
            when work_behind.outcome_id is null then 'no_linked_work'
            when outcomes.outcome_type = 'issue' and work_behind.units > 0 then 'linked_work'
            else work_behind.rule
        end as value_rule,
        case
            when outcomes.state = 'undone' then 0
            when unlinked.outcome_id is not null then unlinked.units
            when outcomes.outcome_type = 'issue' then linked.weight * coalesce(work_behind.units, 0)
            else coalesce(work_behind.units, 0)
        end as units
    from {{ ref('int_outcomes') }} as outcomes
    inner join {{ ref('value_rules') }} as linked
        on {{ rule_of_day('linked', 'linked_work', 'cast(outcomes.shipped_at as date)') }}
    left join work_behind on outcomes.outcome_id = work_behind.outcome_id
    left join {{ ref('int_unlinked_issue_worth') }} as unlinked on outcomes.outcome_id = unlinked.outcome_id
    where outcomes.carries_value and outcomes.shipped_at is not null
)

select
    shipped.outcome_id,
    shipped.value_rule,
    shipped.value_is_provisional,
    cast(
        shipped.units * case when shipped.value_is_provisional then rates.survival_rate else 1 end as decimal(12, 4)
    ) as value_units
from shipped
inner join {{ ref('int_survival_rate') }} as rates
    on
        shipped.shipped_on >= rates.valid_from
        and shipped.shipped_on < coalesce(rates.valid_to, cast('9999-12-31' as date))
