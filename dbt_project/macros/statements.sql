{# The staging models whose rows are statements about requests, each with the rank of its word: 1 is believed first.

The modules in src/tokenworth/sources declare them, and our command hands them over with every run of dbt. Without
it one of them stands for all, so that dbt and sqlfluff can read the models; a build would leave the others out
without a word, so it is refused. #}
{% macro usage_evidence() -%}
    {%- if execute and not var('usage_evidence') and flags.WHICH in ['build', 'run'] -%}
        {{ exceptions.raise_compiler_error(
            'dbt alone does not know which sources bring usage. Build with `tokenworth build`, which tells it.'
        ) }}
    {%- endif -%}
    {{ return(var('usage_evidence') or {'stg_claude_code__requests': 1}) }}
{%- endmacro %}

{# What every statement says, beside record_id, which is its own name. #}
{% macro columns_of_statements() -%}
    {{ return([
        'load_id', 'source', 'said_tool', 'response_id', 'request_id', 'session_id', 'account_system', 'account_key',
        'branch_key', 'folder_key', 'repository_key', 'said_provider', 'said_model', 'terms', 'input_uncached_tokens',
        'cache_read_tokens', 'cache_write_5m_tokens', 'cache_write_1h_tokens', 'cache_writes_are_split',
        'output_tokens', 'web_searches', 'vendor_cost_usd', 'vendor_cost_basis', 'record_rank', 'output_quality',
        'tag_issue', 'tag_pull_request', 'tag_commit', 'occurred_at',
    ]) }}
{%- endmacro %}

{# One number for all that a statement says: two with the same say the same. #}
{% macro mark_of_a_statement() -%}
    {{ return(number_of(columns_of_statements() + ['record_id'])) }}
{%- endmacro %}

{# An order of statements that does not depend on the order in which they were loaded. #}
{% macro order_of_statements() -%}
    occurred_at, record_id, response_id, request_id, session_id, account_key, branch_key, folder_key, repository_key,
    said_model
{%- endmacro %}

{# When a statement was made, where a later one corrects it, also downwards: that of a vendor's log (rank 3,
   Evidence.VENDOR_LOG). What clients and gateways write is only ever completed, and the fullest is right. #}
{% macro corrected_at() -%}
    coalesce(case when source_rank = 3 then extracted_at end, cast('1970-01-01' as timestamp))
{%- endmacro %}

{# What the first statement, in order of a rank, says of something; those that say nothing are passed over. #}
{% macro first_said(column, rank, where=none) -%}
    min_by({{ column }}, case when {{ where or column ~ ' is not null' }} then {{ rank }} end)
{%- endmacro %}

{# What a request takes from its best statement, and what from the first that says something of it. #}
{% macro of_the_best_statement() -%}
    {{ return([
        'source', 'input_uncached_tokens', 'cache_read_tokens', 'output_tokens', 'total_tokens', 'output_quality',
    ]) }}
{%- endmacro %}

{% macro of_the_first_to_say() -%}
    {{ return([
        'said_tool', 'session_id', 'account_key', 'branch_key', 'folder_key', 'repository_key', 'tag_issue',
        'tag_pull_request', 'tag_commit', 'occurred_at',
    ]) }}
{%- endmacro %}

{# What is the same for many requests: who it was, where, with what and under which terms. #}
{% macro circumstances() -%}
    {{ return([
        'source', 'said_tool', 'account_system', 'account_key', 'session_id', 'branch_key', 'folder_key',
        'repository_key', 'said_provider', 'said_model', 'terms', 'vendor_cost_basis', 'output_quality', 'tag_issue',
        'tag_pull_request', 'tag_commit',
    ]) }}
{%- endmacro %}

{# What is said now of requests of which something changed, by whichever load; where none were made yet, of all. Found by
   number, and then only in the loads in which they stand. #}
{% macro statements_to_settle() -%}
    select statements.*
    from {{ ref('int_usage_statements') }} as statements
    {%- if is_incremental() %}
    inner join {{ ref('int_changed_requests') }} as changed
        on {{ number_of(['statements.request_key']) }} = changed.request_number
    where statements.load_id in (select loads.load_id from {{ ref('int_changed_loads') }} as loads)
    {%- endif %}
{%- endmacro %}

{# One row a request that is to be made, of whichever statements. Most are told of once: to rank one statement costs as
   much as to rank many, so those go by. #}
{% macro requests_as_said() -%}
    select
        statements.request_key,
        cast(1 as bigint) as statements,
        statements.load_id as newest_load_id,
        {% for column in of_the_best_statement() + of_the_first_to_say() %}
        statements.{{ column }},
        {% endfor %}
        case when statements.account_key is not null then statements.account_system end as account_system,
        case when statements.said_model is not null then coalesce(statements.said_provider, '') end as said_provider,
        statements.said_model,
        coalesce(statements.terms, 'standard') as terms,
        statements.web_searches,
        statements.vendor_cost_usd,
        case when statements.vendor_cost_usd is not null then statements.vendor_cost_basis end as vendor_cost_basis,
        statements.cache_write_5m_tokens + statements.cache_write_1h_tokens as written_tokens,
        case when statements.cache_writes_are_split then statements.cache_write_1h_tokens end
            as written_for_an_hour_tokens
    from ({{ statements_to_settle() }}) as statements
    left join {{ ref('int_requests_told_again') }} as again
        on {{ number_of(['statements.request_key']) }} = again.request_number
    where again.request_number is null
    union all
    select
        {% for column in columns_of_settled() %}
        {{ column }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ ref('int_requests_told_again') }}
    {% if is_incremental() %}
    where request_number in (select changed.request_number from {{ ref('int_changed_requests') }} as changed)
    {% endif %}
{%- endmacro %}

{% macro columns_of_settled() -%}
    {{ return(
        ['request_key', 'statements', 'newest_load_id'] + of_the_best_statement() + of_the_first_to_say() + [
            'account_system', 'said_provider', 'said_model', 'terms', 'web_searches', 'vendor_cost_usd',
            'vendor_cost_basis', 'written_tokens', 'written_for_an_hour_tokens',
        ]
    ) }}
{%- endmacro %}

{# One row a request of which several `statements` tell, in the columns of `columns_of_settled`.

The counters come from the best statement: final before placeholder, the client's own record before what it reported,
what the vendor logged and what the gateway saw; then the latest extraction of what a vendor corrects, else the fullest. Time, session and branch come from the earliest statement of the best
source, and what that one leaves out from the next. #}
{% macro settled(statements) -%}
{%- set best_first -%}
    partition by request_key
    order by
        case output_quality when 'final' then 1 else 2 end, source_rank, {{ corrected_at() }} desc, record_rank,
        total_tokens desc, output_tokens desc, cache_read_tokens desc, cache_write_1h_tokens desc, {{ order_of_statements() }}
{%- endset -%}
    select
        request_key,
        count(*) as statements,
        max(load_id) as newest_load_id,
        {% for column in of_the_best_statement() %}
        min_by({{ column }}, counters_rank) as {{ column }},
        {% endfor %}
        {% for column in of_the_first_to_say() %}
        {{ first_said(column, 'context_rank') }} as {{ column }},
        {% endfor %}
        {{ first_said('account_system', 'context_rank', where='account_key is not null') }} as account_system,
        -- A model is known under the name that its own provider gives it.
        {{ first_said("coalesce(said_provider, '')", 'counters_rank', where='said_model is not null') }}
            as said_provider,
        {{ first_said('said_model', 'counters_rank') }} as said_model,
        -- Only some exports know of a batch, of fast mode or of searches: what one of them says holds.
        coalesce({{ first_said("nullif(terms, 'standard')", 'counters_rank') }}, 'standard') as terms,
        max(web_searches) as web_searches,
        {{ first_said('vendor_cost_usd', 'counters_rank') }} as vendor_cost_usd,
        {{ first_said('vendor_cost_basis', 'counters_rank', where='vendor_cost_usd is not null') }}
            as vendor_cost_basis,
        max(written_tokens) as written_tokens,
        -- How the cache writes divide may be known to another export, of the same number.
        {{ first_said(
            'cache_write_1h_tokens', 'counters_rank',
            where='cache_writes_are_split and cache_write_5m_tokens + cache_write_1h_tokens = written_tokens'
        ) }} as written_for_an_hour_tokens
    from (
        select
            *,
            row_number() over ({{ best_first }}) as counters_rank,
            row_number() over (
                partition by request_key order by source_rank, {{ order_of_statements() }}
            ) as context_rank,
            first_value(cache_write_5m_tokens + cache_write_1h_tokens) over ({{ best_first }}) as written_tokens
        from {{ statements }}
    ) as ranked
    group by request_key
{%- endmacro %}

{# Removes circumstances of which no request is left. #}
{% macro forget_unused_circumstances(relation) -%}
    {% if is_incremental() -%}
        delete from {{ relation }}
        where circumstance_id not in (select used.circumstance_id from {{ ref('int_circumstance_days') }} as used)
    {%- else -%}
        select 1
    {%- endif %}
{%- endmacro %}

{# What pricing takes from a request, and from what only a report tells. #}
{% macro counted_of_requests() -%}
    {{ return([
        'request_number', 'input_uncached_tokens', 'cache_read_tokens', 'cache_write_5m_tokens',
        'cache_write_1h_tokens', 'cache_writes_are_split', 'output_tokens', 'total_tokens', 'vendor_cost_usd',
        'usage_date', 'occurred_at',
    ]) }}
{%- endmacro %}

{# Has DuckDB go without one of its optimizers for a model that it makes worse. The setting is the whole engine's, so with
   two models at a time the other one may go without as well. #}
{% macro without_optimizer(name) -%}
    {{ "set disabled_optimizers = '" ~ var('broken_optimizers') ~ "," ~ name ~ "';" if target.type == 'duckdb' }}
{%- endmacro %}

{# For models that read statements. The engine would write them down where they are read more than once, with every column
   that any part wants: of a day of 25 million requests that did not fit into memory, and to read them again costs less.
   Of what changed it would guess that it is more than ever was, and compare everything with everything: those joins are
   done as written. #}
{% macro without_what_misjudges_statements() -%}
    {{ without_optimizer('common_subplan' ~ (',join_order,build_side_probe_side' if is_incremental() else '')) }}
{%- endmacro %}

{% macro with_the_usual_optimizers() -%}
    {{ "set disabled_optimizers = '" ~ var('broken_optimizers') ~ "'" if target.type == 'duckdb' }}
{%- endmacro %}
