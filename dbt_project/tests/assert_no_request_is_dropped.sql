-- Every request, and all that only a report tells of, stands in one row of fct_usage, with its tokens: no join on the
-- way lost or doubled any. Where there are as many rows as requests, they are compared by day and a thousand heaps of
-- circumstances, and by a sum of numbers that stand for each: by all circumstances it would take twice the time; and
-- only of days that are not what they were when the last build came to its end, which looked at the others. What is
-- made of them is compared by circumstances, of all days.
{% set sums = ['requests', 'total_tokens', 'unpriced_tokens'] %}
{% set who = number_of(['request_number', 'circumstance_id', 'total_tokens']) %}

with marks as (
    select usage_date, mark from {{ ref('int_request_day_marks') }}
    union all
    select usage_date, mark from {{ ref('int_usage_day_marks') }}
    union all
    select usage_date, mark from {{ source('audit', 'built_days') }}
),

-- The marks of a day that is what it was stand there twice.
changed_days as (
    select distinct usage_date
    from (
        select usage_date
        from marks
        group by usage_date, mark
        having count(*) = 1
    ) as changed
),

requests as (
    select
        request_number,
        circumstance_id,
        usage_date,
        1 as requests,
        total_tokens
    from {{ ref('int_usage_requests') }}
    union all
    select
        request_number,
        request_number,
        usage_date,
        requests,
        total_tokens
    from {{ ref('int_vendor_counted') }}
),

said as (
    select
        circumstance_id,
        usage_date,
        requests,
        input_uncached_tokens + cache_read_tokens + cache_write_tokens + output_tokens as total_tokens
    from {{ ref('int_circumstance_days') }}
    union all
    select
        request_number,
        usage_date,
        requests,
        total_tokens
    from {{ ref('int_vendor_counted') }}
),

requests_in_heaps as (
    select
        usage_date,
        circumstance_id % 1000 as heap,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens,
        sum(cast({{ who }} as {{ type_of_wide_sums() }})) as numbers
    from requests
    where usage_date in (select changed_days.usage_date from changed_days)
    group by usage_date, circumstance_id % 1000
),

said_in_heaps as (
    select
        usage_date,
        circumstance_id % 1000 as heap,
        sum(requests) as requests,
        sum(total_tokens) as total_tokens
    from said
    where usage_date in (select changed_days.usage_date from changed_days)
    group by usage_date, circumstance_id % 1000
),

priced_in_heaps as (
    select
        usage_date,
        circumstance_id % 1000 as heap,
        {% for sum in sums %}
        sum({{ sum }}) as {{ sum }},
        {% endfor %}
        {{ in_dollars('sum(cost_units)') }} as cost_usd,
        sum(cast({{ who }} as {{ type_of_wide_sums() }})) as numbers
    from {{ ref('int_usage_priced') }}
    where usage_date in (select changed_days.usage_date from changed_days)
    group by usage_date, circumstance_id % 1000
),

summed as (
    select
        circumstance_id,
        usage_date,
        {% for sum in sums %}
        sum({{ sum }}) as {{ sum }},
        {% endfor %}
        sum(cost_usd) as cost_usd
    from {{ ref('int_usage_summed') }}
    group by circumstance_id, usage_date
),

summed_in_heaps as (
    select
        usage_date,
        circumstance_id % 1000 as heap,
        {% for sum in sums %}
        sum({{ sum }}) as {{ sum }},
        {% endfor %}
        sum(cost_usd) as cost_usd
    from summed
    where usage_date in (select changed_days.usage_date from changed_days)
    group by usage_date, circumstance_id % 1000
),

used as (
    select
        placed.usage_id,
        {% for sum in sums %}
        sum(summed.{{ sum }}) as {{ sum }},
        {% endfor %}
        sum(summed.cost_usd) as cost_usd
    from summed
    -- What met no circumstances would be of no usage, and so of none that is there.
    left join {{ ref('int_circumstances_placed') }} as placed
        on summed.circumstance_id = placed.circumstance_id and summed.usage_date = placed.usage_date
    group by placed.usage_id
)

{% for one, other, what in [
    ('requests', 'said', ['requests', 'total_tokens']),
    ('requests', 'priced', ['requests', 'total_tokens', 'numbers']),
    ('priced', 'summed', sums + ['cost_usd']),
] %}
select
    '{{ one }} of a day, {{ other }}' as found,
    cast(coalesce(one.usage_date, other.usage_date) as {{ dbt.type_string() }}) as name
from {{ one }}_in_heaps as one
full outer join {{ other }}_in_heaps as other on one.usage_date = other.usage_date and one.heap = other.heap
where
    false
    {% for sum in what %}
    or coalesce(one.{{ sum }}, -1) <> coalesce(other.{{ sum }}, -1)
    {% endfor %}

union all

{% endfor %}
select
    'requests under circumstances',
    cast(coalesce(said.circumstance_id, summed.circumstance_id) as {{ dbt.type_string() }})
from said
full outer join summed on said.circumstance_id = summed.circumstance_id and said.usage_date = summed.usage_date
where
    coalesce(said.requests, 0) <> coalesce(summed.requests, 0)
    or coalesce(said.total_tokens, 0) <> coalesce(summed.total_tokens, 0)

union all

select
    'usage',
    coalesce(used.usage_id, usage.usage_id, 'of none')
from used
full outer join {{ ref('fct_usage') }} as usage on used.usage_id = usage.usage_id
where
    -- Of closed days no request is kept.
    coalesce(usage.usage_date >= {{ closed_before() }}, true) and (
        coalesce(used.requests, 0) <> coalesce(usage.requests, 0)
        or coalesce(used.total_tokens, 0) <> coalesce(usage.total_tokens, 0)
        or coalesce(used.unpriced_tokens, 0) <> coalesce(usage.unpriced_tokens, 0)
        or coalesce(used.cost_usd, -1) <> coalesce(usage.cost_usd, -1)
    )
