-- What vendors and invoices themselves say that things cost, by day and for chargeback by cost centre. Each row is of
-- one report and one kind of money: neither may be added up with another. A client's own metrics are no vendor's word.
with costs as (
    select
        statements.source,
        statements.report,
        statements.usage_date,
        statements.provider,
        statements.said_model as model,
        days.team_id,
        -- What the report says of this cost comes before what SCIM says of its person.
        coalesce(statements.cost_center, people.cost_center) as cost_center,
        statements.vendor_cost_basis as cost_basis,
        statements.vendor_cost_usd
    from {{ ref('int_vendor_statements') }} as statements
    left join {{ ref('int_account_days') }} as days
        on
            statements.account_system = days.system
            and statements.account_key = days.account_key
            and statements.usage_date = days.day
    left join {{ ref('stg_people__cost_centers') }} as people
        on
            days.person_key = people.person_key
            and statements.usage_date >= people.valid_from
            and statements.usage_date < people.valid_to
    where statements.vendor_cost_usd is not null and statements.source <> 'otel'
)

select
    {{ key_of([
        'source', 'report', 'usage_date', 'provider', 'model', 'team_id', 'cost_center', 'cost_basis'
    ]) }} as vendor_cost_id,
    source,
    report,
    usage_date,
    provider,
    model,
    team_id,
    cost_center,
    cost_basis,
    cast(sum(vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd
from costs
group by source, report, usage_date, provider, model, team_id, cost_center, cost_basis
