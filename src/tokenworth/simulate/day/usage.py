"""The requests of a day: sessions of people, laid out so that their requests are exactly as many as were asked for.

Within a session the context grows and what was sent before is read from the vendor's cache, as in `simulate.usage`.
"""

from __future__ import annotations

from datetime import date

from tokenworth.simulate.day.company import LONGEST_CONTEXT, Company
from tokenworth.warehouse import literal

# Requests of a usual session. How long sessions are is drawn; together they are what was asked for.
_USUAL_SESSION = 40
_SYSTEM_PROMPT = 21_000  # tokens

# `salt` tells two batches of one day apart. Sessions are numbered through, by person.
_SESSIONS = """
create or replace table sessions as
with drawn as (
    select p, unnest(range(1 + cast(floor(-ln(1 - chance('sessions' || '{salt}', p)) * {a_person}) as integer))) as nth
    from people
),
weighed as (
    select *, hash(p, nth, '{salt}') as s,
        1 + cast(floor(100 * exp(0.9 * sqrt(-2 * ln(1 - chance('length', s))) * cos(6.2831853 * chance('turn', s))))
            as bigint) as weight
    from drawn
),
laid as (
    select *, sum(weight) over (order by p, nth rows unbounded preceding)::bigint as upto,
        sum(weight) over ()::bigint as whole
    from weighed
),
counted as (
    select *, ((upto - weight)::hugeint * {requests} // whole)::bigint as first,
        (upto::hugeint * {requests} // whole)::bigint as after
    from laid
)
select row_number() over (order by p, nth) as n, p, s, first, after, people.team, people.email, people.key_alias,
    people.by_otel, people.is_engineer,
    as_uuid(md5('session' || s || '{salt}')) as session_id,
    models.*,
    people.by_otel and {format} = 'both' or {format} = 'otel' as in_otel,
    provider = 'anthropic' or in_otel as is_client,
    -- From nine to six by the person's own clock, and rarely at any time.
    (3600 * (case when chance('late', s) < 0.03 then 24 * chance('start', s)
        else 9 + 9 * chance('start', s) - people.utc_offset end) + 86400) % 86400 as starts,
    4 + 30 * chance('pace', s) as pace,
    200 + 3000 * chance('growth', s) as growth,
    tasks.place, tasks.branch, tasks.issue_key,
    tasks.p is not null and chance('tagged', s) < 0.65 as is_tagged
from counted
join people using (p)
join models on chance('model', s) * case when {format} = 'otel' or people.by_otel and {format} = 'both' then 0.85
    else 1 end >= share_from
    and chance('model', s) * case when {format} = 'otel' or people.by_otel and {format} = 'both' then 0.85
    else 1 end < share_to
left join tasks using (p)
where after > first
"""

_REQUESTS = """
create or replace temp table requests as
with each_one as (
    select n, first, unnest(range(greatest(first, {first}), least(after, {after}))) as i,
        s, starts, pace, growth, provider, input_price, output_price, cache_read_price
    from sessions where after > {first} and first < {after}
),
chanced as (
    select *, i - first as nth, hash(s, i - first) as bits,
        cast(floor(growth * (i - first)) as bigint) % {room} as grown,
        case when i > first then cast(floor(growth * (i - first - 1)) as bigint) % {room} end as grown_before
    from each_one
),
sized as (
    select *, {system} + grown as context,
        case
            when provider <> 'anthropic' then ({system} + grown) * 4 // 5 // 128 * 128
            when grown_before is null or grown_before > grown
                then case when slice(bits, 0) < 0.9 then {system} else 0 end
            else {system} + grown_before
        end as cache_read
    from chanced
)
select n, nth, timestamp {day} + interval 1 millisecond * cast(
        1000 * least(starts + pace * (nth + slice(bits, 1)), 86399.9) as bigint) as began_at,
    case when provider = 'anthropic' then 1 + cast(floor(11 * slice(bits, 2)) as bigint)
        else context - cache_read end as input_uncached,
    cache_read,
    case when provider = 'anthropic' then context - cache_read else 0 end as cache_write,
    12 + cast(floor(-300 * ln(1 - slice(bits, 3)) * (1 + slice(bits, 0))) as bigint) as output,
    input_uncached * input_price + cache_read * cache_read_price + cache_write * (input_price * 5 // 4)
        + output * output_price as cost_units
from sized
"""


def draw_sessions(company: Company, day: date, requests: int, kind: str, salt: str) -> None:
    """The table `sessions` of a day: who, when, with which model and for what; requests `first` to `after`."""
    company.day_tasks(day)
    company.c.execute(
        _SESSIONS.format(
            salt=f"{day}{salt}",
            requests=requests,
            a_person=max(requests / company.people / _USUAL_SESSION - 0.5, 0.05),
            format=literal(kind),
        )
    )


def draw_requests(company: Company, day: date, first: int, after: int) -> None:
    """The table `requests` of a part of the day: session, position, time, counters, cost in units of 1e-10 dollars."""
    company.c.execute(
        _REQUESTS.format(
            day=literal(day.isoformat()), first=first, after=after, system=_SYSTEM_PROMPT,
            room=LONGEST_CONTEXT - _SYSTEM_PROMPT,
        )
    )  # fmt: skip
