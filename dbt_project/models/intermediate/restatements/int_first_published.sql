-- When each week of teams was published first.
select distinct
    weeks.week_start,
    publications.publication,
    publications.published_at as first_published_at
from {{ source('audit', 'first_published_weeks') }} as weeks
inner join {{ source('audit', 'publications') }} as publications on weeks.publication = publications.publication
