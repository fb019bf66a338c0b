-- Branches, folders, files and repositories by key, logins replaced.
select
    name_key,
    kind,
    name
from {{ source('raw', 'names') }}
