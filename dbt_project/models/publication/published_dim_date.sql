-- Every day from the first on which anything happened to the last.
{{ config(alias='dim_date') }}

select
    date_day,
    week_start,
    month_start
from {{ ref('dim_date') }}
