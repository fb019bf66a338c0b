{# What is found of circumstances on each day on which something was used under them, as CTEs of which the last is
   `found`: whose use it was and in which team, in which repository, with which tool and model. The mark is one number
   of all that a row says. With `days`, a relation of days, only on those: the engine does not see through the joins
   that it needs no others. #}
{% macro found_circumstances(days=none) -%}
{%- set said = circumstances() | reject('in', ['said_provider', 'said_model']) | list -%}
{%- set reported = ['source', 'said_tool', 'account_system', 'account_key', 'terms', 'vendor_cost_basis', 'report'] -%}
met as (
    select
        used.circumstance_id,
        used.usage_date,
        {% for column in said %}
        said.{{ column }},
        {% endfor %}
        -- Their number is made of all that circumstances say.
        used.circumstance_id as said_number,
        false as is_aggregate,
        cast(null as string) as report,
        models.provider,
        models.model,
        models.price_model
    from {{ ref('int_circumstance_days') }} as used
    inner join {{ ref('int_usage_circumstances') }} as said on used.circumstance_id = said.circumstance_id
    left join {{ source('raw', 'models') }} as models
        on
            coalesce(said.said_provider, '') = models.said_provider
            and coalesce(said.said_model, '') = models.said_model
    {% if days %}where used.usage_date in (select days.usage_date from {{ days }} as days){% endif %}
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
        {{ number_of(reported) }},
        true,
        report,
        coalesce(provider, 'unknown'),
        model,
        price_model
    from {{ ref('int_vendor_counted') }}
    {% if days %}where usage_date in (select days.usage_date from {{ days }} as days){% endif %}
),

placed as (
    select
        met.*,
        owners.person_key,
        owners.team_id,
        coalesce(tools.tool, lower(met.said_tool)) as tool,
        coalesce(tagged.known_as_key, folders.repository_key) as placed_repository_key
    from met
    left join {{ ref('int_account_days') }} as owners
        on met.account_system = owners.system and met.account_key = owners.account_key and met.usage_date = owners.day
    left join {{ ref('tools') }} as tools on lower(met.said_tool) = tools.said
    left join {{ ref('int_repositories') }} as tagged on met.repository_key = tagged.repository_key
    left join {{ ref('int_folders') }} as folders on met.folder_key = folders.folder_key
),

found as (
    select
        *,
        {{ number_of(
            ['circumstance_id', 'said_number', 'usage_date', 'person_key', 'team_id', 'tool', 'provider', 'model']
            + ['price_model', 'placed_repository_key', 'is_aggregate']
        ) }} as mark
    from placed
)
{%- endmacro %}
