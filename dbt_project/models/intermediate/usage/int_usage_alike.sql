-- Requests of which a client tells by an id of its own and a gateway by the response's, and nobody by both: one and the
-- same where the counters are, within the time that an answer takes. That is so where they add up to a thousand tokens
-- and nothing else of their days has the same counters: few digits tell of nobody. Else it is where both are of one
-- person, or one e-mail, and no other such pair is as near. Of two people they never are.
{{ config(materialized='view') }}
{% set counters = ['input_uncached_tokens', 'cache_read_tokens', 'written_tokens', 'output_tokens'] %}
{# Clients whose records name a response by an id that no gateway ever sees. #}
{% set named_by_clients %}said.source in ('codex', 'gemini_cli'){% endset %}

{% set said_now %}
{{ ref('int_usage_evidence') }} as said
inner join {{ source('audit', 'loads') }} as loads on said.load_id = loads.load_id and loads.superseded_at is null
{% endset %}

with own_ids as (
    select
        said.request_id,
        min(said.response_id) as response_id
    from {{ said_now }}
    where {{ named_by_clients }} and said.request_id is not null and said.response_id is not null
    group by said.request_id
),

{# What one side says, by its id. Each part reads as few rows of the evidence as it can: most requests are told of by
   one side only, or by both ids. #}
{% for side in ['clients', 'gateways'] %}
{{ side }}_said as (
    select
        {% if side == 'clients' %}
        said.request_id,
        coalesce(own_ids.response_id, said.request_id) as id,
        {% else %}
        said.response_id as id,
        {% endif %}
        said.input_uncached_tokens,
        said.cache_read_tokens,
        said.cache_write_5m_tokens + said.cache_write_1h_tokens as written_tokens,
        said.output_tokens,
        said.total_tokens,
        said.account_system,
        said.account_key,
        said.occurred_at
    from {{ said_now }}
    {% if side == 'clients' %}
    left join own_ids on said.request_id = own_ids.request_id
    where
        said.source_rank <= 2 and said.request_id is not null
        and (said.response_id is null or {{ named_by_clients }})
    {% else %}
    inner join clients_totals as asked on said.total_tokens = asked.total_tokens
    where said.source_rank = 4 and said.response_id is not null and said.request_id is null
    {% endif %}
),

{{ side }}_ids as (
    select distinct {{ 'request_id' if side == 'clients' else 'id as response_id' }} from {{ side }}_said
),

{{ side }}_known as (
    select distinct {{ 'said.request_id' if side == 'clients' else 'said.response_id' }} as id
    from {{ said_now }}
    {% if side == 'clients' %}
    inner join clients_ids as ids on said.request_id = ids.request_id
    where said.response_id is not null and not {{ named_by_clients }}
    {% else %}
    inner join gateways_ids as ids on said.response_id = ids.response_id
    where said.request_id is not null
    {% endif %}
),

{{ side }} as (
    select
        said.id,
        {{ 'min(said.request_id)' if side == 'clients' else 'said.id' }} as told_id,
        {% for counter in counters %}
        min(said.{{ counter }}) as {{ counter }},
        {% endfor %}
        min(said.total_tokens) as total_tokens,
        min(said.account_system) as account_system,
        min(said.account_key) as account_key,
        min(said.occurred_at) as occurred_at,
        cast(min(said.occurred_at) as date) as day
    from {{ side }}_said as said
    left join {{ side }}_known as known on {{ 'said.request_id' if side == 'clients' else 'said.id' }} = known.id
    where known.id is null
    group by said.id
    -- Of what is told twice and differently nothing can be said.
    having min(said.total_tokens) = max(said.total_tokens)
),
{% if side == 'clients' %}

clients_totals as (
    select distinct total_tokens from clients
),
{% endif %}

{% endfor %}
claims as (
    select person_key, system, account_key, valid_from, valid_to
    from {{ ref('stg_people__accounts') }}
    union all
    select person_key, 'email', email_key, valid_from, valid_to
    from {{ ref('stg_people__members') }}
    where email_key is not null
),

{% for side in ['clients', 'gateways'] %}
{{ side }}_rare as (
    select *
    from {{ side }}
    where total_tokens >= 1000
    qualify count(*) over (partition by day, {{ counters | join(', ') }}) = 1
),

{% endfor %}
rare as (
    select
        clients.id,
        clients.told_id as request_id,
        gateways.id as response_id
    from clients_rare as clients
    inner join gateways_rare as gateways
        on
            {{ answered('clients', 'gateways', counters) }}
),

{# Of what is left, whose a request may be: its account's, which as an e-mail is the same in all systems, and of those
   who claim that. #}
{% for side, id in [('clients', 'id'), ('gateways', 'response_id')] %}
{{ side }}_left as (
    select told.*
    from {{ side }} as told
    left join rare on told.id = rare.{{ id }}
    where rare.{{ id }} is null
),

{{ side }}_owned as (
    select told.*, told.account_key as whose
    from {{ side }}_left as told
    where told.account_key is not null
    union
    select told.*, claims.person_key
    from {{ side }}_left as told
    inner join claims
        on {{ claimed_by('claims', 'told') }}
),

{% endfor %}
pairs as (
    select * from rare
    union all
    select distinct
        clients.id,
        clients.told_id,
        gateways.id
    from clients_owned as clients
    inner join gateways_owned as gateways
        on
            clients.whose = gateways.whose
            and {{ answered('clients', 'gateways', counters) }}
),

strangers as (
    select
        pairs.id,
        pairs.response_id
    from pairs
    inner join clients on pairs.id = clients.id
    inner join gateways on pairs.response_id = gateways.id
    inner join claims as ours
        on {{ claimed_by('ours', 'clients') }}
    inner join claims as theirs
        on {{ claimed_by('theirs', 'gateways') }}
    group by pairs.id, pairs.response_id
    having count(case when ours.person_key = theirs.person_key then 1 end) = 0
)

select
    pairs.request_id,
    pairs.response_id
from pairs
left join strangers on pairs.id = strangers.id and pairs.response_id = strangers.response_id
where strangers.id is null
qualify
    count(*) over (partition by pairs.id) = 1
    and count(*) over (partition by pairs.response_id) = 1
