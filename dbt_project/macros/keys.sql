{# A key made of columns: the same for the same values, whatever the order of rows. NULL is a value. In one call,
   because a chain of `||` makes a new text at every step: for a key of ten columns that is twice the time. #}
{% macro key_of(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append("coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '<null>')") -%}
    {%- endfor -%}
    {{ dbt.hash("concat(" ~ parts | join(", '|', ") ~ ")") }}
{%- endmacro %}

{# A key of what belongs to somebody or stands in a repository: it begins with their key, as it is. When that gives way,
   because a person is erased or the secret changes, it gives way here as well (src/tokenworth/rekeying.py), and what was
   told under such a key is known again. #}
{% macro key_under(owner_key, columns) -%}
    concat(coalesce({{ owner_key }}, '<null>'), ':', {{ key_of(columns) }})
{%- endmacro %}

{# Whether a key gives way with somebody's, because it begins with it. #}
{% macro is_under_a_key(key) -%}
    substr({{ key }}, 33, 1) = ':'
{%- endmacro %}

{# A digest of a text, of which no two texts share one, and that every version of the engine makes of it: of that which is
   kept for good. As a number of 16 bytes where the engine has such; MD5, the last byte of it first. #}
{% macro digest_of(text) -%}
    {{ return(adapter.dispatch('digest_of')(text)) }}
{%- endmacro %}

{% macro default__digest_of(text) -%}
    md5_number({{ text }})
{%- endmacro %}

{% macro spark__digest_of(text) -%}
    md5({{ text }})
{%- endmacro %}

{# A whole number made of columns, for what never leaves the warehouse: as narrow as a count, where a text costs seven
   times as much to write. Two combinations could share one by chance, ten million in five of a million warehouses. #}
{% macro number_of(columns) -%}
    {{ return(adapter.dispatch('number_of')(columns)) }}
{%- endmacro %}

{% macro default__number_of(columns) -%}
    cast(hash({{ columns | join(', ') }}) >> 1 as bigint)
{%- endmacro %}

{# There a NULL is passed over: without its place, two columns of which one is NULL would be alike. #}
{% macro spark__number_of(columns) -%}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append(column ~ ', ' ~ column ~ ' is null') -%}
    {%- endfor -%}
    xxhash64({{ parts | join(', ') }})
{%- endmacro %}

{# Numbers that stand in a relation more than once, in a column `number`. Where nearly none does, to sort them and look at
   the next takes a third of the time of counting each: 2.6 s of processor of 25 million, and 8.1. An engine that would
   take all rows to one machine for that counts. #}
{% macro repeated(number, relation) -%}
    {{ return(adapter.dispatch('repeated')(number, relation)) }}
{%- endmacro %}

{% macro default__repeated(number, relation) -%}
    select distinct number
    from (
        select
            number,
            lead(number) over (order by number) as next_number
        from (select {{ number }} as number from {{ relation }}) as numbered
    ) as in_order
    where number = next_number
{%- endmacro %}

{% macro spark__repeated(number, relation) -%}
    select {{ number }} as number
    from {{ relation }}
    group by {{ number }}
    having count(*) > 1
{%- endmacro %}

{# Rows of a raw table as they stand now: of the newest version of every file. #}
{% macro current_rows(table) -%}
    select
        entries.*,
        loads.file_key,
        loads.extracted_at
    from {{ source('raw', table) }} as entries
    inner join {{ source('audit', 'loads') }} as loads on entries.load_id = loads.load_id
    where loads.superseded_at is null
{%- endmacro %}

{# That a claim is of somebody's account, as its own system knows it or as an e-mail, on the day in question. #}
{% macro claimed_by(claims, told) -%}
    {{ told }}.account_key = {{ claims }}.account_key
            and {{ claims }}.system in ({{ told }}.account_system, 'email')
            and {{ told }}.day >= {{ claims }}.valid_from
            and {{ told }}.day < {{ claims }}.valid_to
{%- endmacro %}

{# That a client's request has the counters of a gateway's and the time of its answer. A gateway notes when it was asked,
   a client when it was answered: up to a quarter of an hour later, or a minute before, where their clocks differ. #}
{% macro answered(client, gateway, counters) -%}
    {{ client }}.total_tokens = {{ gateway }}.total_tokens
            {%- for counter in counters %}
            and {{ client }}.{{ counter }} = {{ gateway }}.{{ counter }}
            {%- endfor %}
            and {{ hours_between(gateway ~ '.occurred_at', client ~ '.occurred_at') }} between -0.0167 and 0.25
{%- endmacro %}

{# That a commit is the one that something names, maybe by the beginning of its sha: seven digits are the least that marks
   leave of it, and what the engine can look up. #}
{% macro same_commit(sha, named) -%}
    left({{ sha }}, 7) = left({{ named }}, 7) and {{ sha }} like {{ named }} || '%'
{%- endmacro %}
