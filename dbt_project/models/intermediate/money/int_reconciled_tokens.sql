-- Tokens of the logs against those of the vendor's report: by person where the report knows one, else for the whole
-- organisation. What only the report tells of is explained by being counted from it, or under accounts that nobody
-- claims, and the days that are still revised by that.
with beside as (
    select
        'logs against the vendor''s report' as reconciliation, source, report, person_key, known_provider, tool,
        model_key, usage_date, max(own_tokens) as ours, sum(total_tokens) as theirs, sum(left_tokens) as counted,
        max(is_provisional) as is_provisional
    from {{ ref('int_vendor_of_people') }}
    where output_tokens is not null
    group by source, report, person_key, known_provider, tool, model_key, usage_date
    union all
    select
        'logs against the vendor''s report', source, report, null, known_provider, tool, model_key, usage_date,
        sum(case when place_of_person = 1 then own_tokens else 0 end) + max(strange_tokens), sum(total_tokens),
        sum(missing_tokens), max(is_provisional)
    from {{ ref('int_vendor_of_organisations') }}
    where output_tokens is not null
    group by source, report, known_provider, tool, model_key, usage_date
)

select
    reconciliation,
    source,
    report,
    person_key,
    known_provider as provider,
    model_key as model,
    usage_date,
    cast(ours as bigint) as ours,
    cast(theirs as bigint) as theirs,
    cast(-counted as bigint) as explained_by_counting,
    cast(case when is_provisional then ours - theirs + counted else 0 end as bigint) as explained_by_revision
from beside
