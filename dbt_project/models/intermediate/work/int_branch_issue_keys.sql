-- What looks like an issue's key in the name of a branch; whether such an issue exists is asked where
-- it is used.
with branches as (
    select
        name_key as branch_key,
        {{ issue_keys_in('upper(name)') }} as issue_keys
    from {{ ref('stg_names') }}
    where kind = 'branch'
)

select distinct
    branch_key,
    issue_key
from branches
{{ each_item('issue_keys', 'issue_key') }}
