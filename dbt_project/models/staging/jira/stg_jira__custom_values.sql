-- What custom fields say of an issue, as the last export has it, by what the site's list of fields calls
-- them: the epic that it hangs on, and its story points.
with fields as (
    select
        site,
        field_id,
        case
            when custom_type like '%:gh-epic-link' then 'epic'
            when lower(name) in ('story points', 'story point estimate') then 'story points'
        end as meaning
    from ({{ current_rows('jira_fields') }}) as listed
    qualify row_number() over (partition by site, field_id order by extracted_at desc, name) = 1
),

said as (
    select
        custom.site,
        custom.issue_id,
        fields.meaning,
        custom.value,
        custom.extracted_at
    from ({{ current_rows('jira_custom_values') }}) as custom
    inner join fields on custom.site = fields.site and custom.field_id = fields.field_id
    where fields.meaning is not null
    qualify row_number() over (
        partition by custom.site, custom.issue_id, fields.meaning order by custom.extracted_at desc, custom.value
    ) = 1
)

select
    site,
    issue_id,
    max(case when meaning = 'epic' then value end) as epic_key,
    max(case when meaning = 'story points' then try_cast(value as double) end) as story_points
from said
group by site, issue_id
