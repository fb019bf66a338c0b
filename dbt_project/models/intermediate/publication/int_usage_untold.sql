-- Usage of closed weeks of which no publication has told yet, in the pieces into which the ledger splits it.
-- What a piece has of its usage's own counters stands on the first piece alone, so that they add up.
with last_export as (
    select cast(max(extracted_at) as date) as day
    from {{ source('audit', 'loads') }}
    where superseded_at is null
),

batches as (
    select coalesce(max(batch), 0) + 1 as batch
    from {{ source('told', 'usage') }}
),

-- Of closed weeks, and not told under its own name.
closed as (
    select usage.*
    from {{ ref('fct_usage') }} as usage
    cross join last_export
    where
        -- Requests of which no token is known are behind no figure.
        (usage.total_tokens > 0 or not usage.is_aggregate)
        and usage.usage_date >= {{ closed_before() }}
        and {{ is_closed('usage.usage_date', 'last_export.day') }}
        and usage.usage_id not in (select told.usage_id from {{ source('told', 'usage') }} as told)
),

by_model as (
    select distinct
        usage_id,
        person_key,
        usage_date,
        tool,
        model_key
    from {{ ref('int_circumstances_placed') }}
    where not is_aggregate and person_key is not null and usage_id in (select closed.usage_id from closed)
),

-- By its requests: another team, person or source makes another row of the same usage.
keys as (
    select
        usage_id,
        request_digest
    from {{ ref('int_usage_keys') }}
    where
        usage_id in (select closed.usage_id from closed)
        -- The same again: by their days the engine need not read all requests that ever were.
        and usage_date in (select closed.usage_date from closed)
    union all
    -- What a vendor's report told of before its logs came, of its model or of none.
    select
        usage_id,
        {{ digest_of(key_under('person_key', ['usage_date', 'tool', 'model_key'])) }}
    from by_model
    union all
    select
        usage_id,
        {{ digest_of(key_under('person_key', ['usage_date', 'tool', 'null'])) }}
    from by_model
),

told_before as (
    select {{ digest_of('request_key') }} as request_digest from {{ source('told', 'requests') }}
    union all
    select request_digest from {{ source('told', 'request_ids') }}
),

-- One comparison of keys: of an either-or the engine would compare every row with every other.
told as (
    select distinct keys.usage_id
    from keys
    inner join told_before on keys.request_digest = told_before.request_digest
),

pieces as (
    select
        ledger.usage_id,
        ledger.tier,
        projects.project,
        ledger.tokens as piece_tokens,
        ledger.cost_usd as piece_cost_usd,
        row_number() over (
            partition by ledger.usage_id
            order by ledger.tokens desc, ledger.outcome_id, ledger.tier, ledger.method
        ) as piece
    from {{ ref('fct_attribution') }} as ledger
    left join {{ ref('int_outcome_projects') }} as projects on ledger.outcome_id = projects.outcome_id
    where ledger.usage_id in (select closed.usage_id from closed)
)

select
    usage.usage_id,
    pieces.piece,
    batches.batch,
    cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date) as week_start,
    cast({{ dbt.date_trunc('month', 'usage.usage_date') }} as date) as month_start,
    usage.usage_date,
    -- Whoever used no token stands behind no figure of tokens.
    case when pieces.piece_tokens > 0 then usage.person_key end as person_key,
    coalesce(usage.team_id, '{{ var("no_team") }}') as team_id,
    {{ others_of('teams.parent_team_id') }} as others_of_parent,
    weeks.headcount,
    usage.tool,
    usage.provider,
    usage.model,
    usage.repository,
    pieces.project,
    pieces.tier,
    coalesce(pieces.piece_cost_usd, 0) > 0 as is_priced,
    usage.unpriced_tokens > 0 as is_unpriced,
    {% for count in ['requests', 'total_tokens', 'unpriced_tokens'] + var('counts_of_tokens') %}
    case when pieces.piece = 1 then usage.{{ count }} else 0 end as {{ count }},
    {% endfor %}
    pieces.piece_tokens,
    pieces.piece_cost_usd
from closed as usage
inner join pieces on usage.usage_id = pieces.usage_id
cross join batches
left join {{ ref('dim_team') }} as teams on usage.team_id = teams.team_id
left join {{ ref('fct_team_week') }} as weeks
    on
        usage.team_id = weeks.team_id
        and weeks.week_start = cast({{ dbt.date_trunc('week', 'usage.usage_date') }} as date)
left join told on usage.usage_id = told.usage_id
where
    told.usage_id is null
    and (pieces.piece = 1 or pieces.piece_tokens > 0 or pieces.piece_cost_usd > 0)
