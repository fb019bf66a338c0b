-- What vendors and invoices themselves say that things cost, by day and for chargeback by cost centre. Each row is of
-- one report and one kind of money: neither may be added up with another. A client's own metrics are no vendor's word.
select
    {{ key_of([
        'statements.source', 'statements.report', 'statements.usage_date', 'statements.provider',
        'statements.said_model', 'days.team_id', 'statements.cost_center', 'statements.vendor_cost_basis'
    ]) }} as vendor_cost_id,
    statements.source,
    statements.report,
    statements.usage_date,
    statements.provider,
    statements.said_model as model,
    days.team_id,
    statements.cost_center,
    statements.vendor_cost_basis as cost_basis,
    cast(sum(statements.vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd
from {{ ref('int_vendor_statements') }} as statements
left join {{ ref('int_account_days') }} as days
    on
        statements.account_system = days.system
        and statements.account_key = days.account_key
        and statements.usage_date = days.day
where statements.vendor_cost_usd is not null and statements.source <> 'otel'
group by
    statements.source, statements.report, statements.usage_date, statements.provider, statements.said_model,
    days.team_id, statements.cost_center, statements.vendor_cost_basis
