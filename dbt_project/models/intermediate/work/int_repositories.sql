-- Every repository that anything names, by the name it goes by now. A bare name, as OpenTelemetry
-- writes it, or one without its host means the one repository with work in it that ends so, if there
-- is only one.
with names as (
    select name_key as repository_key, name as repository from {{ ref('stg_names') }} where kind = 'container'
),

worked_in as (
    select repository_key from {{ ref('stg_git__commits') }}
    union
    select repository_key from {{ ref('stg_trackers__pull_requests') }}
    union
    select repository_key from {{ ref('stg_repositories__aliases') }}
),

whole_names as (
    select distinct
        renamed.renamed_key as known_as_key,
        names.repository,
        {{ dbt.split_part('names.repository', "'/'", -1) }} as bare_name,
        {{ dbt.split_part('names.repository', "'/'", -2) }} as owner
    from {{ ref('int_renamed_repositories') }} as renamed
    inner join worked_in on renamed.repository_key = worked_in.repository_key
    inner join names on renamed.renamed_key = names.repository_key
    where {{ occurrences('names.repository', '/') }} >= 2
),

short_names as (
    select known_as_key, bare_name as short_name from whole_names
    union
    select known_as_key, {{ dbt.concat(['owner', "'/'", 'bare_name']) }} from whole_names
),

meaning_one as (
    select
        short_name,
        min(known_as_key) as known_as_key
    from short_names
    group by short_name
    having count(*) = 1
)

select
    renamed.repository_key,
    coalesce(meaning_one.known_as_key, renamed.renamed_key) as known_as_key,
    names.repository,
    written.repository as written_as
from {{ ref('int_renamed_repositories') }} as renamed
inner join names as written on renamed.repository_key = written.repository_key
inner join names as said on renamed.renamed_key = said.repository_key
left join meaning_one on said.repository = meaning_one.short_name
inner join names on coalesce(meaning_one.known_as_key, renamed.renamed_key) = names.repository_key
