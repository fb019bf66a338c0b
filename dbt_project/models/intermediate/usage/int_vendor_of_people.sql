-- What vendors report of a person's use of a tool, and what of it no log tells: that counts, because nothing else does.
-- Of reports that say the same again the first in the order of reports speaks for the day. Logs of accounts that
-- nobody claims may be anybody's, so they are taken off as well.
with statements as (
    select
        statements.*,
        days.person_key
    from {{ ref('int_vendor_statements') }} as statements
    inner join {{ ref('int_account_days') }} as days
        on
            statements.account_system = days.system
            and statements.account_key = days.account_key
            and statements.usage_date = days.day
    where statements.counts_usage and statements.tool is not null
    qualify rank() over (
        partition by days.person_key, statements.tool, statements.usage_date order by statements.report_rank
    ) = 1
),

reported as (
    select
        -- By the account: whose it is may be known later, and it is the same use then.
        {{ key_under('account_key', [
            'source', 'report', 'usage_date', 'tool', 'provider', 'said_model', 'terms', 'is_long_context'
        ]) }} as row_key,
        source,
        report,
        account_system,
        account_key,
        person_key,
        usage_date,
        tool,
        -- Who runs a model is not told by who sells the tool.
        case when source = 'anthropic' then provider end as provider,
        provider as known_provider,
        said_model,
        price_model,
        model_key,
        terms,
        is_long_context,
        {{ report_to_count() }}
    from statements
    group by
        source, report, account_system, account_key, person_key, usage_date, tool, provider, said_model, price_model,
        model_key, terms, is_long_context
),

{{ beyond_what_is_known('reported', ref('int_vendor_logged'), 'not known.is_claimed') }}

select
    *,
    {{ tokens_of('missing_') }} as missing_tokens,
    -- What the person's own accounts have not logged: it counts from the report, or is nobody's in the logs.
    {{ tokens_of('left_') }} as left_tokens
from beyond
