-- How often each kind of evidence is right, measured on what this data knows exactly. Shipped defaults count like
-- twenty links, so that few figures move them little.
with counted as (
    select
        method,
        cast(sum(judged) as bigint) as judged,
        cast(sum(hits) as bigint) as hits
    from {{ ref('int_judged_days') }}
    group by method
)

select
    methods.method,
    methods.probability as default_probability,
    coalesce(counted.judged, 0) as judged,
    coalesce(counted.hits, 0) as hits,
    cast(
        (coalesce(counted.hits, 0) + 20 * methods.probability) / (coalesce(counted.judged, 0) + 20) as decimal(5, 4)
    ) as probability
from {{ ref('attribution_methods') }} as methods
left join counted on methods.method = counted.method
