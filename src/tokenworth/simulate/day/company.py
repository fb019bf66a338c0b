"""A company of any size, drawn by the engine: people, their accounts, teams, repositories, and the task of each day.

Everything is a function of the seed and a number (of the person, the day, the request), so that any day can be
written by itself, in any order, and belongs to the same company.
"""

from __future__ import annotations

from datetime import date

import duckdb

from tokenworth.simulate.models import LONG_CONTEXT_ABOVE, MODELS
from tokenworth.simulate.organisation import COMPANY
from tokenworth.simulate.words import FIRST_NAMES, LAST_NAMES
from tokenworth.warehouse import listed, literal

# Days are counted from here; a task's number follows from its day.
_FIRST_DAY = date(2025, 1, 1)
_TEAM, _ORGANISATION = 9, 10  # people a team, teams an organisation
_REPOSITORY = 200  # people who work in one
_ENGINEERS = 0.6
_TASK = 2  # days

# `chance(what, n)` is a number from 0 to 1; `what` tells one subject from another.
_MACROS = """
create macro chance(what, n) as (hash({seed}::bigint, what, n) >> 11) / 9007199254740992.0;
create macro slice(bits, nth) as ((bits >> (16 * nth)) & 65535) / 65536.0;
create macro as_uuid(digits) as concat_ws('-', digits[:8], digits[9:12], '4' || digits[14:16], 'a' || digits[18:20],
    digits[21:32]);
create macro sha_of(t) as md5(t) || left(md5(t || '+'), 8);
"""
_PEOPLE = """
create table people as
with numbered as (
    select range as p,
        {first}[1 + cast(floor(chance('first name', range) * len({first})) as integer)] as first_name,
        {last}[1 + cast(floor(chance('last name', range) * len({last})) as integer)] as last_name
    from range({people})
)
select p, format('p-{{:06d}}', p) as person_id, first_name || ' ' || last_name as name,
    format('{{}}.{{}}.{{}}@{company}.example', lower(first_name), lower(last_name), p) as email,
    format('dev{{:06d}}', p) as login, format('key-{{:06d}}', p) as key_alias,
    format('{{:06d}}:{{}}', 700000 + p, as_uuid(md5('jira' || p))) as jira_account,
    -- A quarter of a team sits with the next one, so that teams differ in size.
    (p // {team} + cast(chance('seat', p) < 0.25 as integer)) % {teams} as team,
    p // {repository} as repository,
    [-8, -5, 0, 1, 2, 5][1 + cast(floor(chance('place', p) * 6) as integer)] as utc_offset,
    chance('engineer', p) < {engineers} as is_engineer,
    p % 2 = 1 as by_otel
from numbered;
create table models as from (values {models}) as m(
    model, provider, input_price, output_price, cache_read_price, share_from, share_to
);
"""

# The task of every engineer on a day: a branch and an issue from the first day, a pull request opened on its evening,
# merged (or given up) at the end of the last. `ends` is how it will; `nth_day` counts from 0.
_TASKS = """
create or replace table tasks as
with numbered as (
    select *, ({day_number} + p % {length}) // {length} as task, ({day_number} + p % {length}) % {length} as nth_day
    from people where is_engineer
)
select *, format('service-{{:04d}}', repository) as short, format('github.com/{company}/{{}}', short) as place,
    task * {of_repository} + p % {of_repository} + 1 as number,
    format('S{{:04d}}-{{}}', repository, number) as issue_key,
    login || '/' || issue_key as branch,
    format('Make part {{}} of service {{}} simpler', number, repository) as title,
    chance('ending', hash(p, task)) as ending,
    case when ending < 0.08 then 'abandoned' when ending < 0.1 then 'open' else 'merged' end as ends,
    {day}::date - cast(nth_day as integer) as first_day,
    first_day + interval 9 hour + interval 1 minute * cast(floor(chance('created', hash(p, task)) * 60) as bigint)
        as created_at,
    first_day + interval 19 hour + interval 1 second * cast(floor(chance('opened', hash(p, task)) * 7200) as bigint)
        as opened_at,
    first_day + interval 43 hour + interval 1 second * cast(floor(chance('closed', hash(p, task)) * 7200) as bigint)
        as closed_at,
    nth_day = {length} - 1 as is_last_day,
    is_last_day and ends <> 'open' as is_closed,
    is_last_day and ends = 'merged' as is_merged,
from numbered
"""


class Company:
    """The company's tables in an engine of their own; `day_tasks` sets what is worked on."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, seed: int, people: int) -> None:
        self.c = connection
        self.people = people
        self.teams = max(1, people // _TEAM)
        self.c.execute(_MACROS.format(seed=seed))
        self.c.execute(
            _PEOPLE.format(
                people=people,
                team=_TEAM,
                teams=self.teams,
                repository=_REPOSITORY,
                engineers=_ENGINEERS,
                company=COMPANY,
                first=listed(FIRST_NAMES),
                last=listed(LAST_NAMES),
                models=_models(),
            )
        )

    def day_tasks(self, day: date) -> None:
        self.c.execute(
            _TASKS.format(
                day=literal(day.isoformat()),
                day_number=(day - _FIRST_DAY).days,
                length=_TASK,
                company=COMPANY,
                of_repository=_REPOSITORY,
            )
        )

    def write_people(self, folder: str) -> int:
        """The lists of people in the format of our own; returns how many lines they have."""
        lists = {
            "members": "select person_id, name as display_name, email, team_id(team) as team_id,"
            " '2025-01-01' as valid_from, '' as valid_to from people order by p",
            "accounts": "select person_id, system, account, '' as valid_from, '' as valid_to from ("
            "select p, person_id, unnest(['github', 'jira', 'git', 'litellm']) as system,"
            " unnest([login, jira_account, email, key_alias]) as account from people) order by p, system",
            "teams": "select team_id(team) as team_id, 'Team ' || (team + 1) as team_name,"
            f" format('org-{{:04d}}', team // {_ORGANISATION}) as parent_team_id from range({self.teams}) as t(team)"
            f" union all select format('org-{{:04d}}', o), 'Organisation ' || (o + 1), '' from"
            f" range({(self.teams - 1) // _ORGANISATION + 1}) as o(o) order by 1",
        }
        self.c.execute("create or replace macro team_id(team) as format('team-{:05d}', team)")
        return sum(
            self.c.execute(f"copy ({query}) to {literal(f'{folder}/{name}.csv')} (header)").fetchall()[0][0]
            for name, query in lists.items()
        )


# Of ten requests so many go to each model; what a program asks of OpenAI passes the gateway only.
_SHARES = {
    "claude-opus-4-5-20251101": 0.3,
    "claude-sonnet-4-5-20250929": 0.4,
    "claude-haiku-4-5-20251001": 0.15,
    "gpt-4.1-2025-04-14": 0.1,
    "gpt-5-2025-08-07": 0.05,
}
# What a model costs is a whole number of these: the sum of 25 million prices is then exact.
_UNITS_A_DOLLAR = 10_000


def _models() -> str:
    """Rows of `models`; prices in ten-thousandths of a dollar a million tokens."""
    rows, upto = [], 0.0
    for model in MODELS:
        if model.name in _SHARES:
            prices = [
                round((p or 0) * _UNITS_A_DOLLAR) for p in (model.input_usd, model.output_usd, model.cache_read_usd)
            ]
            share = _SHARES[model.name]
            rows.append(
                f"({literal(model.name)}, {literal(model.provider)}, {', '.join(map(str, prices))},"
                f" {upto}, {upto + share})"
            )
            upto = round(upto + share, 6)
    return ", ".join(rows)


# No request is dear for its length: the window is compacted long before.
LONGEST_CONTEXT = min(150_000, LONG_CONTEXT_ABOVE)
