-- When the fate of each change and issue was settled, whether it is worth anything if it lasts, and whether it is
-- of a kind of work that ships little by its nature.
with kinds as (
    select
        bearers.outcome_id,
        max(traits.kind_of_work) as kind_of_work
    from {{ ref('int_value_bearers') }} as bearers
    inner join {{ ref('int_issue_traits') }} as traits on bearers.bearer_id = traits.outcome_id
    where
        traits.kind_of_work in (
            {% for kind in var('kinds_that_ship_little') %}
            '{{ kind }}'{% if not loop.last %},{% endif %}
            {% endfor %}
        )
    group by bearers.outcome_id
)

select
    outcomes.outcome_id,
    cast({{ dbt.date_trunc('week', 'outcomes.opened_at') }} as date) as opened_week,
    cast({{ dbt.date_trunc('week', 'coalesce(outcomes.shipped_at, outcomes.abandoned_at)') }} as date) as settled_week,
    cast({{ dbt.date_trunc('week', 'outcomes.undone_at') }} as date) as undone_week,
    outcomes.shipped_at is not null and case
        when outcomes.outcome_type = 'change' then coalesce(sizes.rule in ('effective_size', 'size_unknown'), false)
        else outcomes.state = 'undone' or coalesce(worth.value_units > 0, false)
    end as has_worth,
    kinds.outcome_id is not null as is_explained
from {{ ref('int_outcomes') }} as outcomes
left join {{ ref('int_change_sizes') }} as sizes on outcomes.outcome_id = sizes.outcome_id
left join {{ ref('int_outcome_value') }} as worth on outcomes.outcome_id = worth.outcome_id
left join kinds on outcomes.outcome_id = kinds.outcome_id
where outcomes.outcome_type in ('change', 'issue')
