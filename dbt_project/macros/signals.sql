{# How a signal compares a person's weeks with the person's own past and with peers in similar work: CTEs, of which the
last is `compared`.

`weeks` is a relation with person_key, team_id, week_start, amount and base: what is seen, and out of how much. The rate
of the last weeks (`days` before the week's first) is shrunk towards that of the peers as if `prior` more of the base
had been seen at their rate. Expected is partly what the person did before those weeks, shrunk likewise, and partly what
is typical of the peers, their median: a `habit` of 1 excuses all that somebody always did, one of 0 nothing. A deviation
is measured by what peers deviate from what is expected of them, from their middle to their upper fifth; what moves
everybody is taken out by that. Of newcomers it is measured by the peers' own differences, and what would count on their
past does not count. `floor` is the least that counts as spread, so that nobody stands out among people who are all
alike. Where it must be `sustained`, the week in which most was seen counts half: an incident is one week. #}
{% macro compared(weeks, prior, floor, days=21, sustained=true, habit=0.5) -%}
{%- set recent = "over (partition by " ~ weeks ~ ".person_key order by " ~ day_number(weeks ~ '.week_start')
    ~ " range between " ~ days ~ " preceding and current row)" -%}
{%- set before = "over (partition by " ~ weeks ~ ".person_key order by " ~ day_number(weeks ~ '.week_start')
    ~ " range between unbounded preceding and " ~ (days + 7) ~ " preceding)" -%}
{%- set peers = "over (partition by peer_group, week_start)" -%}
summed as (
    select
        {{ weeks }}.*,
        people.is_program,
        people.peer_group,
        {{ dbt.datediff('people.first_week', weeks ~ '.week_start', 'day') }} as days_known,
        cast(sum({{ weeks }}.amount) {{ recent }} as double) as recent_amount,
        cast(sum({{ weeks }}.base) {{ recent }} as double) as recent_base,
        cast(max({{ weeks }}.amount) {{ recent }} as double) as most_in_a_week,
        cast(coalesce(sum({{ weeks }}.amount) {{ before }}, 0) as double) as past_amount,
        cast(coalesce(sum({{ weeks }}.base) {{ before }}, 0) as double) as past_base
    from {{ weeks }}
    inner join {{ ref('int_signal_people') }} as people
        on {{ weeks }}.person_key = people.person_key and {{ weeks }}.week_start = people.week_start
),

pooled as (
    select
        *,
        {% if sustained -%}
        least(recent_amount, (recent_amount - most_in_a_week / 2.0) * {{ days + 7 }} / {{ days + 3.5 }}) as counted_amount,
        {%- else -%}
        recent_amount as counted_amount,
        {%- endif %}
        coalesce(sum(recent_amount) {{ peers }} / nullif(sum(recent_base) {{ peers }}, 0), 0) as pooled_rate
    from summed
),

shrunk as (
    select
        *,
        (counted_amount + {{ prior }} * pooled_rate) / (recent_base + {{ prior }}) as observed
    from pooled
),

placed_among_peers as (
    select
        *,
        {{ quantile('observed', 0.5) }} {{ peers }} as typical,
        {{ quantile('observed', 0.8) }} {{ peers }} as high
    from shrunk
),

expecting as (
    select
        *,
        {{ 1 - habit }} * typical
        + {{ habit }} * (past_amount + {{ prior }} * typical) / (past_base + {{ prior }}) as expected_alone,
        past_base / (past_base + 2 * {{ prior }} + 0.001) as trust
    from placed_among_peers
),

deviating as (
    select
        *,
        {{ quantile('observed - expected_alone', 0.5) }} {{ peers }} as common,
        {{ quantile('observed - expected_alone', 0.8) }} {{ peers }} as high_deviation
    from expecting
),

weighed as (
    select
        *,
        expected_alone + common as expected,
        greatest(
            (observed - expected_alone - common) / greatest(
                1.5 * (trust * (high_deviation - common) + (1 - trust) * (high - typical)), {{ floor }}
            ) * (1 - {{ habit }} * (1 - trust)), 0
        ) as evidence
    from deviating
),

compared as (
    select
        *,
        {{ score_of('evidence') }} * case when is_program then 0.4 else 1 end as score,
        avg(case when evidence >= 1 then 1.0 else 0.0 end) over (partition by team_id, week_start) as share_of_team
    from weighed
)
{%- endmacro %}

{# Evidence as a score from 0 to 1: a half at twice the spread. #}
{% macro score_of(evidence) -%}
    power({{ evidence }}, 3) / (power({{ evidence }}, 3) + 8)
{%- endmacro %}

{# A share as a reader says it. #}
{% macro percent(share) -%}
    {{ dbt.concat(["cast(cast(round(100 * (" ~ share ~ ")) as integer) as " ~ dbt.type_string() ~ ")", "'%'"]) }}
{%- endmacro %}

{# A number with one decimal, as a text. #}
{% macro one_decimal(number) -%}
    cast(cast({{ number }} as decimal(18, 1)) as {{ dbt.type_string() }})
{%- endmacro %}

{# The innocent explanation that fits best: those that hold for every signal first, then the signal's own. #}
{% macro benign(otherwise) -%}
    case
        when is_program then 'A service account: its jobs run by themselves and have no hours.'
        when days_known < 42 then 'Somebody new: learning the tools takes more than using them.'
        when share_of_team >= 0.5 then 'Most of the team does the same: an incident, a migration or a trial they share.'
        else '{{ otherwise }}'
    end
{%- endmacro %}

{# The columns of fct_signals, of a signal whose comparison is in `compared`. Behind six places stands the order in which
   the engine happened to add: two builds of the same would differ there. #}
{% macro signal_columns(signal, observed='observed', expected='expected') -%}
    person_key,
    team_id,
    week_start,
    '{{ signal }}' as signal,
    cast(round(score, 2) as double) as score,
    cast(tokens as bigint) as tokens,
    cast(cost_usd as decimal(20, 10)) as cost_usd,
    cast(round({{ observed }}, 6) as double) as observed,
    cast(round({{ expected }}, 6) as double) as expected
{%- endmacro %}

{# The session that signals look at. Without an id, what a person did with a tool in a day. #}
{% macro signal_session(placed) -%}
    coalesce({{ placed }}.session_id, {{ key_of([placed ~ '.usage_date', placed ~ '.person_key', placed ~ '.tool']) }})
{%- endmacro %}
