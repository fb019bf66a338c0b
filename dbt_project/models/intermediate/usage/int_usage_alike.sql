-- Requests of which a client tells by an id of its own and a gateway by the response's, and nobody by both: one and the
-- same where the counters are, within the time that an answer takes. That is so where they add up to a thousand tokens,
-- each is alone on its day with its counters, and nothing else is as near: few digits tell of nobody. Else it is where
-- both are of one person, or one e-mail, and no other such pair is as near. Of two people they never are.
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

{{ side }}_once as (
    select
        said.id,
        {{ 'min(said.request_id)' if side == 'clients' else 'said.id' }} as told_id,
        {% for counter in counters %}
        min(said.{{ counter }}) as {{ counter }},
        {% endfor %}
        min(said.total_tokens) as total_tokens,
        min(said.occurred_at) as occurred_at,
        cast(min(said.occurred_at) as date) as day
    from {{ side }}_said as said
    left join {{ side }}_known as known on {{ 'said.request_id' if side == 'clients' else 'said.id' }} = known.id
    where known.id is null
    group by said.id
    -- Of what is told twice and differently nothing can be said.
    having min(said.total_tokens) = max(said.total_tokens)
),

{{ side }} as (
    select
        *,
        total_tokens >= 1000 and count(*) over (partition by day, {{ counters | join(', ') }}) = 1 as is_rare
    from {{ side }}_once
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

{# Whose a request may be: its accounts', which as an e-mail is the same in all systems, and of those who claim one.
   A rollout and its event name accounts of two systems, of which one may be claimed. #}
{% for side in ['clients', 'gateways'] %}
{{ side }}_accounts as (
    select distinct
        id,
        account_system,
        account_key,
        cast(occurred_at as date) as day
    from {{ side }}_said
    where account_key is not null
),

{{ side }}_people as (
    select
        told.id,
        claims.person_key
    from {{ side }}_accounts as told
    inner join claims
        on {{ claimed_by('claims', 'told') }}
),

{{ side }}_whose as (
    select id, account_key as whose from {{ side }}_accounts
    union all
    select id, person_key from {{ side }}_people
),

{% endfor %}
-- All that is as near to what is rare: the other of a pair, or what may be it, can be of the day before or after.
near as (
    select
        clients.id,
        clients.told_id,
        gateways.id as response_id,
        gateways.is_rare as is_sure
    from clients
    inner join gateways
        on
            {{ answered('clients', 'gateways', counters) }}
    where clients.is_rare
    union all
    select
        clients.id,
        clients.told_id,
        gateways.id,
        false
    from clients
    inner join gateways
        on
            {{ answered('clients', 'gateways', counters) }}
    where gateways.is_rare and not clients.is_rare
),

settled as (
    select
        id,
        response_id
    from near
    qualify is_sure and count(*) over (partition by id) = 1 and count(*) over (partition by response_id) = 1
),

{% for side, id in [('clients', 'id'), ('gateways', 'response_id')] %}
{{ side }}_owned as (
    select
        told.*,
        owners.whose
    from {{ side }} as told
    inner join {{ side }}_whose as owners on told.id = owners.id
    left join settled on told.id = settled.{{ id }}
    where settled.{{ id }} is null
),

{% endfor %}
pairs as (
    select
        *,
        false as is_owned
    from near
    union all
    select distinct
        clients.id,
        clients.told_id,
        gateways.id,
        true,
        true
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
    inner join clients_people as ours on pairs.id = ours.id
    inner join gateways_people as theirs on pairs.response_id = theirs.id
    group by pairs.id, pairs.response_id
    having count(case when ours.person_key = theirs.person_key then 1 end) = 0
),

matched as (
    select
        pairs.told_id as request_id,
        pairs.response_id
    from pairs
    left join strangers on pairs.id = strangers.id and pairs.response_id = strangers.response_id
    where strangers.id is null
    qualify
        pairs.is_sure
        and count(*) over (partition by pairs.id, pairs.is_owned) = 1
        and count(*) over (partition by pairs.response_id, pairs.is_owned) = 1
)

select distinct
    request_id,
    response_id
from matched
