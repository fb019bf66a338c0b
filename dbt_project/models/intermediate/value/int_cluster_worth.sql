-- What a line is worth that a person wrote in a file on a day. A cluster is what one person wrote in one file
-- within three weeks: its worth grows with the logarithm of its lines, and that of many files together slower
-- above a threshold. As every stretch of three weeks that holds the day is taken, and the mean of all, no
-- border between two stretches can be sought or hit by chance.
with cells as (
    select distinct
        desk_key,
        path_key,
        shipped_on,
        lines_of_day
    from {{ ref('int_work_lines') }}
),

days as ({{ whole_numbers(var('cluster_days')) }}),

stretches as (
    -- By their first days.
    select
        cells.*,
        cast({{ dbt.dateadd('day', '-days.number', 'cells.shipped_on') }} as date) as stretch
    from cells
    cross join days
),

clusters as (
    select
        *,
        sum(lines_of_day) over (partition by desk_key, path_key, stretch) as lines_of_cluster
    from stretches
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

in_all as (
    select
        *,
        sum(lines_of_day * units_a_line) over (partition by desk_key, stretch) as units_in_all
    from in_files
)

select
    in_all.desk_key,
    in_all.path_key,
    in_all.shipped_on,
    avg(
        in_all.units_a_line * case
            when in_all.units_in_all <= many.threshold then 1
            else many.threshold * (1 + ln(in_all.units_in_all / many.threshold)) / in_all.units_in_all
        end
    ) as units_a_line
from in_all
inner join {{ ref('value_rules') }} as many on {{ rule_of_day('many', 'many_files', 'in_all.shipped_on') }}
group by in_all.desk_key, in_all.path_key, in_all.shipped_on
