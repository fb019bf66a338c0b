{# The figures of a vendor's report, added up; NULL where it says nothing. Money is of one basis in a row. #}
{% macro summed_report() -%}
    {% for counter in ['requests'] + var('counts_of_reports') -%}
    cast(sum({{ counter }}) as bigint) as {{ counter }},
    {% endfor -%}
    cast(sum(vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    max(case when vendor_cost_usd is not null then vendor_cost_basis end) as vendor_cost_basis
{%- endmacro %}

{# Rows of a table of bills as they stand now. Lines of a bill have no id, so that a file which was delivered under
   two names would count twice: of files with the same content one counts. #}
{% macro current_bills(table) -%}
    select
        entries.*,
        loads.extracted_at
    from {{ source('raw', table) }} as entries
    inner join (
        select load_id, extracted_at
        from {{ source('audit', 'loads') }}
        where superseded_at is null
        qualify coalesce(digest, '') = '' or row_number() over (partition by source, digest order by load_id) = 1
    ) as loads on entries.load_id = loads.load_id
{%- endmacro %}

{# What a report has beyond what is known already, row by row. What is known of a person is taken off that person's
   rows; then what is known of strangers, whom the report does not name, is taken off all rows of the same day, tool,
   provider and model, off each in proportion: it may be theirs. `reported` and `known` are relations; NULL as a
   tool, provider or model of a report means any, and no word of what was read from the cache means that it is in the
   input. `stranger` is SQL over `known`. #}
{% macro beyond_what_is_known(reported, known, stranger) -%}
{%- set counters = ['requests', 'input_uncached_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens'] -%}
{%- set cell = 'usage_date, tool, provider, model_key' -%}
{%- set as_reported = {
    'requests': 'known.requests',
    'input_uncached_tokens': 'known.input_uncached_tokens + case when reported.cache_read_tokens is null'
        ' then known.cache_read_tokens + known.cache_write_tokens else 0 end',
    'cache_read_tokens': 'case when reported.cache_read_tokens is null then 0 else known.cache_read_tokens end',
    'cache_write_tokens': 'case when reported.cache_read_tokens is null then 0 else known.cache_write_tokens end',
    'output_tokens': 'known.output_tokens',
} -%}
people_of_reports as (
    select distinct usage_date, coalesce(tool, '') as tool, coalesce(person_key, '') as person_key
    from {{ reported }}
),

set_beside as (
    select
        reported.row_key,
        {% for counter in counters %}
        coalesce(sum(case when coalesce(known.person_key, '') = coalesce(reported.person_key, '')
            then {{ as_reported[counter] }} end), 0) as own_{{ counter }},
        coalesce(sum(case when people.person_key is null and {{ stranger }} then {{ as_reported[counter] }} end), 0)
            as strange_{{ counter }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ reported }} as reported
    inner join {{ known }} as known
        on
            reported.usage_date = known.usage_date
            and coalesce(reported.tool, known.tool, '') = coalesce(known.tool, reported.tool, '')
            and coalesce(reported.provider, known.provider, '') = coalesce(known.provider, reported.provider, '')
            and coalesce(reported.model_key, known.model_key, '') = coalesce(known.model_key, reported.model_key, '')
    left join people_of_reports as people
        on
            known.usage_date = people.usage_date
            and coalesce(reported.tool, '') = people.tool
            and coalesce(known.person_key, '') = people.person_key
    group by reported.row_key
),

less_own as (
    select
        reported.*,
        coalesce(beside.own_requests, 0) > 0 as is_logged,
        {{ tokens_of('coalesce(beside.own_', ', 0)') }} as own_tokens,
        {{ tokens_of('coalesce(beside.strange_', ', 0)') }} as strange_tokens,
        row_number() over (
            partition by reported.person_key, {{ 'reported.' ~ cell.replace(', ', ', reported.') }}
            order by reported.row_key
        ) as place_of_person,
        {% for counter in counters %}
        coalesce(beside.strange_{{ counter }}, 0) as strange_{{ counter }},
        {{ what_is_left('coalesce(reported.' ~ counter ~ ', 0)', 'coalesce(beside.own_' ~ counter ~ ', 0)',
            'partition by reported.person_key, reported.usage_date, reported.tool, reported.provider,'
            ' reported.model_key order by reported.row_key') }} as left_{{ counter }}{% if not loop.last %},{% endif %}
        {% endfor %}
    from {{ reported }} as reported
    left join set_beside as beside on reported.row_key = beside.row_key
),

beyond as (
    select
        *,
        {% for counter in counters %}
        {{ what_is_left_of_each('left_' ~ counter, 'strange_' ~ counter, cell) }} as missing_{{ counter }}
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from less_own
)
{%- endmacro %}

{% macro tokens_of(before, after='') -%}
    cast({{ before }}input_uncached_tokens{{ after }} + {{ before }}cache_read_tokens{{ after }}
    + {{ before }}cache_write_tokens{{ after }} + {{ before }}output_tokens{{ after }} as bigint)
{%- endmacro %}

{# What is left of an amount, when another is taken off the amounts of a window in their order. #}
{% macro what_is_left(amount, taken, window) -%}
    cast(greatest({{ amount }} - greatest(
        {{ taken }} - (sum({{ amount }}) over ({{ window }} rows unbounded preceding) - {{ amount }}), 0
    ), 0) as bigint)
{%- endmacro %}

{# What is left of each amount, when another is taken off all those that share `of`, in proportion: in whole numbers, whose
   sum is what is left of all where the same is taken off them. Were it taken off the first ones, keys of people would say
   whose team has what; here they decide on single tokens among those who have as much. #}
{% macro what_is_left_of_each(amount, taken, of) -%}
    {%- set all_of_it = 'sum(' ~ amount ~ ') over (partition by ' ~ of ~ ')' -%}
    {%- set up_to_here = 'cast(sum(' ~ amount ~ ') over (partition by ' ~ of ~ ' order by ' ~ amount
        ~ ' desc, person_key, row_key rows unbounded preceding) as ' ~ type_of_wide_sums() ~ ')' -%}
    {%- set left = 'greatest(' ~ all_of_it ~ ' - ' ~ taken ~ ', 0)' -%}
    cast(case
        when {{ amount }} > 0
            then {{ whole_division(up_to_here ~ ' * ' ~ left, all_of_it) }}
                - {{ whole_division('(' ~ up_to_here ~ ' - ' ~ amount ~ ') * ' ~ left, all_of_it) }}
        else 0
    end as bigint)
{%- endmacro %}

{# The counters of reported rows as they are held against logs, whose cache writes are one number. #}
{% macro report_to_count() -%}
    cast(sum(requests) as bigint) as requests,
    cast(sum(input_uncached_tokens) as bigint) as input_uncached_tokens,
    cast(sum(cache_read_tokens) as bigint) as cache_read_tokens,
    cast(sum(coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0)) as bigint) as cache_write_tokens,
    cast(sum(cache_write_1h_tokens) as bigint) as cache_write_1h_tokens,
    cast(sum(output_tokens) as bigint) as output_tokens,
    cast(sum(total_tokens) as bigint) as total_tokens,
    cast(sum(vendor_cost_usd) as decimal(20, 10)) as vendor_cost_usd,
    max(vendor_cost_basis) as vendor_cost_basis,
    max(is_provisional) as is_provisional
{%- endmacro %}

