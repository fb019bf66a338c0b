-- What vendors report of a whole organisation, or of accounts without saying with which tool, and what of it neither
-- logs nor reports of people's tools tell of the same provider, model and day. Accounts here are often keys of
-- programs, so that what people have logged is taken off whoever they are.
with known as (
    select
        person_key, usage_date, tool, provider, model_key, requests, input_uncached_tokens, cache_read_tokens,
        cache_write_tokens, output_tokens
    from {{ ref('int_vendor_logged') }}
    union all
    select
        person_key, usage_date, tool, known_provider, model_key, missing_requests, missing_input_uncached_tokens,
        missing_cache_read_tokens, missing_cache_write_tokens, missing_output_tokens
    from {{ ref('int_vendor_of_people') }}
),

statements as (
    select
        statements.*,
        days.person_key
    from {{ ref('int_vendor_statements') }} as statements
    left join {{ ref('int_account_days') }} as days
        on
            statements.account_system = days.system
            and statements.account_key = days.account_key
            and statements.usage_date = days.day
    where statements.counts_usage and (statements.tool is null or statements.account_key is null)
    qualify rank() over (
        partition by statements.source, statements.says_again, statements.usage_date order by statements.report_rank
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
        provider,
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

{{ beyond_what_is_known('reported', 'known', 'true') }}

select
    *,
    {{ tokens_of('missing_') }} as missing_tokens,
    {{ tokens_of('left_') }} as left_tokens
from beyond
