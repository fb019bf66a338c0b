-- What a line is worth that a person wrote in a file on a day. The more the person wrote in that file within
-- three weeks, the less: together they are worth their logarithm. Above a threshold, so with all that the person
-- did in the repository. What is near weighs more than what is far, so that there is no border between two
-- pieces of work, to be sought or hit by chance.
with cells as (
    select distinct
        desk_key,
        path_key,
        shipped_on,
        lines_of_day,
        {{ day_number('shipped_on') }} as day_number
    from {{ ref('int_work_lines') }}
),

clusters as (
    select
        *,
        {{ nearby('lines_of_day', 'desk_key, path_key') }} as lines_of_cluster
    from cells
),

in_files as (
    select
        clusters.*,
        size_rule.weight * ln(1 + clusters.lines_of_cluster / size_rule.threshold) / ln(2)
        / clusters.lines_of_cluster as units_a_line
    from clusters
    inner join {{ ref('value_rules') }} as size_rule
        on {{ rule_of_day('size_rule', 'effective_size', 'clusters.shipped_on') }}
),

of_days as (
    select
        desk_key,
        day_number,
        {{ exact_sum('lines_of_day * units_a_line') }} as units
    from in_files
    group by desk_key, day_number
),

in_all as (
    select
        desk_key,
        day_number,
        {{ nearby('units', 'desk_key') }} as units
    from of_days
)

select
    in_files.desk_key,
    in_files.path_key,
    in_files.shipped_on,
    in_files.units_a_line * case
        when in_all.units <= many.threshold then 1
        else many.threshold * (1 + ln(in_all.units / many.threshold)) / in_all.units
    end as units_a_line
from in_files
inner join in_all on in_files.desk_key = in_all.desk_key and in_files.day_number = in_all.day_number
inner join {{ ref('value_rules') }} as many on {{ rule_of_day('many', 'many_files', 'in_files.shipped_on') }}
