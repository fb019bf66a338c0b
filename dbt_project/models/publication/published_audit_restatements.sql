-- The figures that changed since their week was published first, and why. By how much for which reason is left
-- to analysts with clearance: what one person used could be read from it who moved to another team.
{{ config(alias='audit_restatements') }}
{% set said = [] %}
{% for reason in var('restatement_reasons') %}
{% do said.append("max(case when reason = '" ~ reason ~ "' then '" ~ reason ~ " ' else '' end)") %}
{% endfor %}

select
    team_id,
    week_start,
    figure,
    first_published_at,
    first_value,
    value,
    trim({{ dbt.concat(said) }}) as reasons
from {{ ref('audit_restatements') }}
group by team_id, week_start, figure, first_published_at, first_value, value
