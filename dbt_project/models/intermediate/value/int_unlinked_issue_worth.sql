-- What an issue without known work is worth, and by which rule. Where the work could not have been seen it
-- counts, but no more than one a day of a person in a container: an issue is as easily cut into several.
with closed as (
    select
        issues.*,
        cast(issues.shipped_at as date) as shipped_on,
        count(*) over (
            partition by issues.container_key order by issues.shipped_at
            range between interval '{{ var("bulk_minutes") }}' minute preceding
            and interval '{{ var("bulk_minutes") }}' minute following
        ) as closed_together
    from {{ ref('int_unlinked_issues') }} as issues
),

ruled as (
    select
        closed.*,
        case
            when closed.closed_together >= bulk.threshold then 'bulk_closed'
            when closed.work_could_be_seen then 'no_linked_work'
            when
                traits.is_own
                and {{ dbt.dateadd('minute', 'cast(quick.threshold as integer)', 'closed.opened_at') }}
                >= closed.shipped_at
                then 'closed_within_the_hour'
            else 'work_not_visible'
        end as rule
    from closed
    inner join {{ ref('int_issue_traits') }} as traits on closed.outcome_id = traits.outcome_id
    inner join {{ ref('value_rules') }} as bulk on {{ rule_of_day('bulk', 'bulk_closed', 'closed.shipped_on') }}
    inner join {{ ref('value_rules') }} as quick
        on {{ rule_of_day('quick', 'closed_within_the_hour', 'closed.shipped_on') }}
)

select
    ruled.outcome_id,
    ruled.rule,
    cast(rules.weight as double) / count(*) over (
        partition by ruled.rule, ruled.person_key, ruled.container_key, ruled.shipped_on
    ) as units
from ruled
inner join {{ ref('value_rules') }} as rules
    on
        ruled.rule = rules.rule
        and ruled.shipped_on >= rules.valid_from
        and ruled.shipped_on < coalesce(rules.valid_to, cast('9999-12-31' as date))
