-- Requests of which a client tells by the header's id and a gateway by the response's, and nobody by both: one and
-- the same where the counters are, within the time that an answer takes. Counters with a few digits tell of nobody, so
-- equal ones count where both are of one e-mail, or where they add up to a thousand tokens, but never where the
-- accounts are known to be of two people. What is told twice on a day with the same counters stays apart, because
-- nobody could say which is which. Pairs that do not hold any more stay with is_matched = false: what was built of
-- them is built anew.
{{
    config(
        materialized='incremental' if target.type == 'duckdb' else 'table',
        incremental_strategy='delete+insert',
        unique_key=['request_id', 'response_id'],
        on_schema_change='fail'
    )
}}
{% set counters = ['input_uncached_tokens', 'cache_read_tokens', 'written_tokens', 'output_tokens'] %}

{% set said_now %}
{{ ref('int_usage_evidence') }} as said
inner join {{ source('audit', 'loads') }} as loads on said.load_id = loads.load_id and loads.superseded_at is null
{% endset %}

{# What an exporter of one side says, by its id, as far as nobody knows that id together with the other. Each part reads
   as few rows of the evidence as it can: most requests are told of by one side only, or by both ids. #}
with
{% for side, id, other_id, ranks in [
    ('clients', 'request_id', 'response_id', 'said.source_rank <= 2'),
    ('gateways', 'response_id', 'request_id', 'said.source_rank = 4'),
] %}
{{ side }}_said as (
    select
        said.{{ id }},
        said.input_uncached_tokens,
        said.cache_read_tokens,
        said.cache_write_5m_tokens + said.cache_write_1h_tokens as written_tokens,
        said.output_tokens,
        said.total_tokens,
        said.account_system,
        said.account_key,
        said.occurred_at
    from {{ said_now }}
    {% if side == 'gateways' %}
    inner join clients_totals as asked on said.total_tokens = asked.total_tokens
    {% endif %}
    where said.{{ id }} is not null and said.{{ other_id }} is null and {{ ranks }}
),

{{ side }}_ids as (
    select distinct {{ id }} from {{ side }}_said
),

{{ side }}_known as (
    select distinct said.{{ id }}
    from {{ said_now }}
    inner join {{ side }}_ids as ids on said.{{ id }} = ids.{{ id }}
    where said.{{ other_id }} is not null
),

{{ side }} as (
    select
        said.{{ id }},
        {% for counter in counters %}
        min(said.{{ counter }}) as {{ counter }},
        {% endfor %}
        min(said.total_tokens) as total_tokens,
        min(said.account_system) as account_system,
        min(said.account_key) as account_key,
        min(said.occurred_at) as occurred_at,
        cast(min(said.occurred_at) as date) as day
    from {{ side }}_said as said
    left join {{ side }}_known as known on said.{{ id }} = known.{{ id }}
    where known.{{ id }} is null
    group by said.{{ id }}
    -- Of what is told twice and differently nothing can be said.
    having min(said.total_tokens) = max(said.total_tokens)
),

{{ side }}_once as (
    select *
    from {{ side }}
    qualify count(*) over (
        partition by
            day, {{ counters[:2] | join(', ') }},
            {{ counters[2:] | join(', ') }}
    ) = 1
),
{% if side == 'clients' %}

clients_totals as (
    select distinct total_tokens from clients
),
{% endif %}

{% endfor %}
alike as (
    select
        clients.request_id,
        gateways.response_id,
        clients.day,
        clients.account_system as client_system,
        clients.account_key as client_account_key,
        gateways.account_system as gateway_system,
        gateways.account_key as gateway_account_key
    from clients_once as clients
    inner join gateways_once as gateways
        on
            clients.day = gateways.day
            {% for counter in counters %}
            and clients.{{ counter }} = gateways.{{ counter }}
            {% endfor %}
    where
        (clients.total_tokens >= 1000 or clients.account_key = gateways.account_key)
        -- A gateway notes when it was asked, a client when it was answered: up to a quarter of an hour later, or a
        -- minute before, where their clocks differ.
        and {{ hours_between('gateways.occurred_at', 'clients.occurred_at') }} between -0.0167 and 0.25
),

claims as (
    select person_key, system, account_key, valid_from, valid_to
    from {{ ref('stg_people__accounts') }}
    union all
    select person_key, 'email', email_key, valid_from, valid_to
    from {{ ref('stg_people__members') }}
    where email_key is not null
),

strangers as (
    select
        alike.request_id,
        alike.response_id
    from alike
    inner join claims as ours
        on
            alike.client_account_key = ours.account_key
            and ours.system in (alike.client_system, 'email')
            and alike.day >= ours.valid_from
            and alike.day < ours.valid_to
    inner join claims as theirs
        on
            alike.gateway_account_key = theirs.account_key
            and theirs.system in (alike.gateway_system, 'email')
            and alike.day >= theirs.valid_from
            and alike.day < theirs.valid_to
    group by alike.request_id, alike.response_id
    having count(case when ours.person_key = theirs.person_key then 1 end) = 0
),

matched as (
    select
        alike.request_id,
        alike.response_id
    from alike
    left join strangers
        on alike.request_id = strangers.request_id and alike.response_id = strangers.response_id
    where strangers.request_id is null
),

newest as (
    select max(load_id) as load_id from {{ source('audit', 'loads') }}
)

{% if is_incremental() %}
select
    coalesce(matched.request_id, built.request_id) as request_id,
    coalesce(matched.response_id, built.response_id) as response_id,
    matched.request_id is not null as is_matched,
    newest.load_id as since_load_id
from matched
full outer join {{ this }} as built
    on matched.request_id = built.request_id and matched.response_id = built.response_id
cross join newest
where (matched.request_id is not null) <> coalesce(built.is_matched, false)
{% else %}
select
    matched.request_id,
    matched.response_id,
    true as is_matched,
    newest.load_id as since_load_id
from matched
cross join newest
{% endif %}
