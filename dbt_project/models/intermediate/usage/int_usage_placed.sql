-- Priced usage, placed: whose they were and in which team, in which repository, with which tool.
-- `usage_id` names the row of fct_usage that a request goes into.
with placed as (
    select
        priced.*,
        days.person_key,
        days.team_id,
        coalesce(tools.tool, lower(priced.said_tool)) as tool,
        coalesce(tagged.known_as_key, folders.repository_key) as placed_repository_key
    from {{ ref('int_usage_priced') }} as priced
    left join {{ ref('int_account_days') }} as days
        on
            priced.account_system = days.system
            and priced.account_key = days.account_key
            and priced.usage_date = days.day
    left join {{ ref('tools') }} as tools on lower(priced.said_tool) = tools.said
    left join {{ ref('int_repositories') }} as tagged on priced.repository_key = tagged.repository_key
    left join {{ ref('int_folders') }} as folders on priced.folder_key = folders.folder_key
)

select
    request_key,
    {{ key_of([
        'usage_date', 'person_key', 'team_id', 'source', 'tool', 'provider', 'model', 'placed_repository_key',
        'branch_key', "case when is_aggregate then report else session_id end"
    ]) }} as usage_id,
    usage_date,
    person_key,
    team_id,
    source,
    tool,
    provider,
    model,
    coalesce(price_model, model) as model_key,
    placed_repository_key as repository_key,
    branch_key,
    session_id,
    occurred_at,
    is_aggregate,
    requests,
    input_uncached_tokens,
    cache_read_tokens,
    cache_write_5m_tokens + cache_write_1h_tokens as cache_write_tokens,
    output_tokens,
    total_tokens,
    case when cost_usd is null then total_tokens else 0 end as unpriced_tokens,
    cost_usd,
    case when cost_usd is not null then price_id end as price_id,
    vendor_cost_usd,
    vendor_cost_basis,
    output_quality,
    tag_issue,
    tag_pull_request,
    tag_commit
from placed
