-- Requests that Codex counted, as rollouts tell of them now; of files that were replaced, as they told of them last.
select
    record_id,
    {{ columns_of_statements() | join(',\n    ') }}
from {{ ref('stg_codex__requests_said') }}
where is_said
