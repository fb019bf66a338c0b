-- Circumstances on each day on which something was used under them: whose use it was and in which team, in which
-- repository, with which tool and model. `usage_id` names the row of fct_usage that it goes into. The mark is one
-- number of all that a row says, for what is made anew only where that is something else.
{% set said = circumstances() | reject('in', ['said_provider', 'said_model']) | list %}

with met as (
    select
        days.circumstance_id,
        days.usage_date,
        {% for column in said %}
        said.{{ column }},
        {% endfor %}
        false as is_aggregate,
        cast(null as string) as report,
        models.provider,
        models.model,
        models.price_model
    from {{ ref('int_circumstance_days') }} as days
    inner join {{ ref('int_usage_circumstances') }} as said on days.circumstance_id = said.circumstance_id
    left join {{ source('raw', 'models') }} as models
        on
            coalesce(said.said_provider, '') = models.said_provider
            and coalesce(said.said_model, '') = models.said_model
    union all
    -- What only a vendor's report tells of, each in circumstances of its own.
    select
        request_number,
        usage_date,
        source,
        said_tool,
        account_system,
        account_key,
        null,
        null,
        null,
        null,
        terms,
        vendor_cost_basis,
        'final',
        null,
        null,
        null,
        true,
        report,
        coalesce(provider, 'unknown'),
        model,
        price_model
    from {{ ref('int_vendor_counted') }}
),

placed as (
    select
        met.*,
        days.person_key,
        days.team_id,
        coalesce(tools.tool, lower(met.said_tool)) as tool,
        coalesce(tagged.known_as_key, folders.repository_key) as placed_repository_key
    from met
    left join {{ ref('int_account_days') }} as days
        on met.account_system = days.system and met.account_key = days.account_key and met.usage_date = days.day
    left join {{ ref('tools') }} as tools on lower(met.said_tool) = tools.said
    left join {{ ref('int_repositories') }} as tagged on met.repository_key = tagged.repository_key
    left join {{ ref('int_folders') }} as folders on met.folder_key = folders.folder_key
)

select
    circumstance_id,
    usage_date,
    {{ key_of([
        'usage_date', 'person_key', 'team_id', 'source', 'tool', 'provider', 'model', 'placed_repository_key',
        'branch_key', "case when is_aggregate then report else session_id end"
    ]) }} as usage_id,
    person_key,
    team_id,
    source,
    tool,
    provider,
    model,
    price_model,
    coalesce(price_model, model) as model_key,
    terms,
    placed_repository_key as repository_key,
    branch_key,
    session_id,
    is_aggregate,
    vendor_cost_basis,
    output_quality,
    tag_issue,
    tag_pull_request,
    tag_commit,
    {{ number_of(
        ['circumstance_id', 'usage_date', 'person_key', 'team_id', 'tool', 'provider', 'model', 'price_model']
        + ['placed_repository_key', 'is_aggregate', 'report'] + said
    ) }} as mark
from placed
