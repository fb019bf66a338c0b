-- What was read, by source: a file may be one person's. And roughly: the lines of a source less the requests that are
-- published would be those of few.
{{ config(alias='audit_loads') }}

{% set counts = ['loaded', 'duplicates', 'ignored', 'quarantined'] %}

with sources as (
    select
        source,
        status,
        cast({{ about('count(*)') }} as bigint) as files,
        {% for count in counts %}
        cast({{ about('sum(' ~ count ~ ')') }} as bigint) as {{ count }},
        {% endfor %}
        max(extracted_at) as extracted_at
    from {{ ref('audit_loads') }}
    group by source, status
)

select
    source,
    status,
    files,
    {{ counts | join(' + ') }} as lines,
    {% for count in counts %}
    {{ count }},
    {% endfor %}
    extracted_at
from sources
