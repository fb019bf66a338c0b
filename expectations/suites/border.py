"""How the rules on what came in are checked: on the rows of current files, as the loader's ledger has them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import duckdb
from great_expectations.core import ExpectationSuite
from great_expectations.expectations import ExpectColumnPairValuesToBeEqual, ExpectColumnValuesToBeNull

from expectations.custom import Way, no_rows, suite_of
from expectations.rules import RULES
from tokenworth.sources import all_sources
from tokenworth.sources.declare import Column
from tokenworth.sources.types import TOKENS

# The batch of the suite: the ledger's current files, with what must agree side by side.
BATCH = """
select loads.source, loads.file_key, loads.message, loads.lines,
    loads.loaded + loads.duplicates + loads.ignored + loads.quarantined as lines_accounted_for,
    loads.quarantined as quarantined_lines, count(quarantine.load_id) as lines_in_quarantine
from audit.loads left join raw.quarantine using (load_id)
where loads.superseded_at is null
group by all
"""
# What names a row of the batch in an example.
NAMES = ["source", "file_key"]

# In the query of a rule on single rows: whether a row came with a load that the rule did not look at yet.
_NEW = "$new"
_CURRENT = "load_id in (select load_id from audit.loads where superseded_at is null)"
_OURS = (
    "audit.checks", "audit.warehouse", "raw.models", "raw.prices", "audit.former_models", "audit.former_prices",
    "audit.steps", "audit.former_loads", "audit.findings", "audit.publications", "audit.first_published_weeks",
    "audit.first_published_usage", "audit.first_published_outcomes", "audit.told_sums", "audit.checked_up_to",
)  # fmt: skip
_EMAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z][A-Za-z]+"


def border_suite(tables: Mapping[str, Mapping[str, str]], checked: Mapping[str, tuple[str, int]]) -> ExpectationSuite:
    """The suite for a warehouse that holds `tables`: each `schema.table` with its columns and their types.

    `checked` says of rules on single rows how they looked when they found nothing wrong, and up to which load: who
    looks in the same way looks at later ones only.
    """
    rule = {rule.code: rule for rule in RULES}
    return suite_of(
        "border",
        {
            "LEDGER_BALANCES": (
                ExpectColumnPairValuesToBeEqual,
                {"column_A": "lines", "column_B": "lines_accounted_for"},
            ),
            "QUARANTINE_COMPLETE": (
                ExpectColumnPairValuesToBeEqual,
                {"column_A": "quarantined_lines", "column_B": "lines_in_quarantine"},
            ),
            # A message says why a file was refused, or where it was cut.
            "FILES_READABLE": (ExpectColumnValuesToBeNull, {"column": "message"}),
            **{
                code: no_rows(query.replace(_NEW, _since(query, checked.get(code))), *of)
                for code, (query, *of) in _of_rows(tables).items()
            },
            "FORMAT_UNCHANGED": _unreadable(rule["FORMAT_UNCHANGED"].limit, rule["FORMAT_UNCHANGED"].at_least),
            "LINES_READABLE": _unreadable(rule["LINES_READABLE"].limit, rule["LINES_READABLE"].at_least),
            "FILES_KNOWN": no_rows("select file_key, reason from audit.unrecognised_files", "audit.unrecognised_files"),
            "USAGE_PRESENT": no_rows(
                f"select 'no usage' as found where not exists (select * from ({_usage()}))", f"({_usage()})"
            ),
            "USAGE_NOT_IN_FUTURE": _usage_not_in_future(rule["USAGE_NOT_IN_FUTURE"].limit),
            "PEOPLE_PRESENT": no_rows(
                f"select 'usage, but no people' as found where exists (select * from ({_usage()}))"
                f" and not exists (select * from raw.people_members where {_CURRENT})",
                "raw.people_members",
            ),
            "USAGE_CLAIMED": _usage_claimed(rule["USAGE_CLAIMED"].limit),
            "ONE_TEAM_A_DAY": _one_team_a_day(),
            "ONE_OWNER_A_DAY": _one_owner_a_day(),
            "TEAMS_FORM_A_TREE": _teams_form_a_tree(),
            "PEOPLE_HAVE_TEAMS": _people_have_teams(),
        },
    )


def ways_of_looking(tables: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """How each rule on single rows looks at them."""
    return {code: _way(query) for code, (query, *_) in _of_rows(tables).items()}


def _way(query: str) -> str:
    return hashlib.md5(f"{duckdb.__version__} {query}".encode(), usedforsecurity=False).hexdigest()


def _since(query: str, checked: tuple[str, int] | None) -> str:
    return f"load_id > {checked[1]}" if checked and checked[0] == _way(query) else "true"


def _of_rows(tables: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """Rules on single rows, which stay good where they were found so: the query, and what is looked at."""
    limit = {rule.code: rule.limit for rule in RULES}
    return {
        "ROWS_IN_LEDGER": _rows_in_ledger(),
        "TOKENS_IN_RANGE": _tokens_in_range(limit["TOKENS_IN_RANGE"]),
        "NO_EMAIL_STORED": _no_email_stored(tables),
    }


def _declared(group: str = "") -> Iterator[tuple[str, Sequence[Column]]]:
    """Raw tables with their columns, as the sources declare them: of one group of sources, or of all."""
    for source in all_sources().values():
        if group in ("", source.group):
            for table, columns in source.tables.items():
                yield f"raw.{table}", columns


def _all_of(queries: Iterable[str]) -> str:
    return " union all ".join(queries)


def _usage() -> str:
    """SQL for what is said of usage, one row a statement, with the account that it was done with."""
    return _all_of(
        f"select '{column.system}' as system, {column.name} as account_key from {table} where {_CURRENT}"
        for table, columns in _declared("usage")
        for column in columns
        if column.system and any(other.type == TOKENS for other in columns)
    )


def _rows_in_ledger() -> list[str]:
    tables = ["raw.quarantine", *(table for table, _ in _declared())]
    return [
        _all_of(
            f"select '{t}' as found_in, load_id from {t} anti join audit.loads using (load_id) where {_NEW}"
            for t in tables
        ),
        *tables,
    ]


def _tokens_in_range(limit: float) -> list[str]:
    counters = {t: ", ".join(c.name for c in columns if c.type == TOKENS) for t, columns in _declared()}
    return [
        _all_of(
            f"select '{table}' as found_in, load_id, least({names}) as lowest, greatest({names}) as highest"
            f" from {table} where {_NEW} and (least({names}) < 0 or greatest({names}) > {limit})"
            for table, names in counters.items()
            if names
        ),
        *(table for table, names in counters.items() if names),
    ]


def _no_email_stored(tables: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Says where an address stands, never which. Rows of the ledger, and those that no load brought, may change."""
    texts = {"VARCHAR": '"{}"', "VARCHAR[]": "array_to_string(\"{}\", ' ')"}
    places = [
        (table, column, texts[kind].format(column), table.startswith("raw.") and "load_id" in columns)
        for table, columns in sorted(tables.items())
        for column, kind in columns.items()
        if table.startswith(("raw.", "audit.")) and kind in texts
    ]
    return [
        _all_of(
            f"select '{table}' as found_in, '{column}' as in_column from {table}"
            f" where {_NEW if of_load else 'true'} and contains({text}, '@') and regexp_matches({text}, '{_EMAIL}')"
            for table, column, text, of_load in places
        ),
        # What the pipeline writes itself is looked at and not counted: it grows with every run.
        *dict.fromkeys(table for table, *_ in places if table not in _OURS),
    ]


def _unreadable(limit: float, at_least: int) -> Way:
    return no_rows(
        "select source, sum(quarantined) as quarantined, sum(lines) as lines from audit.loads"
        " where superseded_at is null group by source"
        f" having sum(quarantined) > {limit} * sum(lines) and sum(quarantined) >= {at_least}",
        "(select distinct source from audit.loads where superseded_at is null)",
    )


def _usage_not_in_future(hours: float) -> Way:
    # Of somebody's usage: an invoice may be of a period that has not ended, and a rate may begin next year.
    times = {
        table: ", ".join(moments)
        for table, columns in _declared("usage")
        if any(c.type.secret == "account" or c.name == "session_id" for c in columns)
        and (moments := [c.name for c in columns if c.type.sql == "TIMESTAMP"])
    }
    newest = f"(select max(extracted_at) + interval {hours} hours from audit.loads where superseded_at is null)"
    return no_rows(
        _all_of(
            f"select '{table}' as found_in, load_id, greatest({names}) as dated from {table}"
            f" where {_CURRENT} and greatest({names}) > {newest}"
            for table, names in times.items()
        ),
        f"({_usage()})",
    )


def _usage_claimed(limit: float) -> Way:
    # By account, of which there are few: a claim is not looked for again for each of its statements.
    return no_rows(
        f"with accounts as (select system, account_key, count(*) as said from ({_usage()}) group by all), claims as ("
        f" select system, account_key from raw.people_accounts where {_CURRENT}"
        f" union select 'email', email_key from raw.people_members where {_CURRENT}"
        "), unclaimed as ("
        " select said from accounts where not exists (select * from claims"
        " where claims.account_key = accounts.account_key and claims.system in (accounts.system, 'email'))"
        "), sums as ("
        " select coalesce((select sum(said) from unclaimed), 0)::BIGINT as unclaimed,"
        " coalesce(sum(said), 0)::BIGINT as usage"
        " from accounts"
        f") select unclaimed, usage from sums where unclaimed > {limit} * usage",
        f"({_usage()})",
    )


def _spans(table: str, columns: str) -> str:
    """SQL for dated rows; an open end is as in staging, and a span that ends before it begins is none."""
    since, until = "coalesce(valid_from, date '1900-01-01')", "coalesce(valid_to, date '9999-12-31')"
    return (
        f"select {columns}, {since} as valid_from, {until} as valid_to"
        f" from {table} where {_CURRENT} and {since} < {until}"
    )


_OVERLAP = "a.valid_from < b.valid_to and b.valid_from < a.valid_to"
_SINCE = "max(greatest(a.valid_from, b.valid_from)) as since"


def _one_team_a_day() -> Way:
    return no_rows(
        f"with members as ({_spans('raw.people_members', 'person_key, team_id')})"
        f" select a.person_key, a.team_id as team, b.team_id as other_team, {_SINCE}"
        " from members as a join members as b"
        f" on a.person_key = b.person_key and a.team_id < b.team_id and {_OVERLAP} group by all",
        "raw.people_members",
    )


def _one_owner_a_day() -> Way:
    accounts = _spans("raw.people_accounts", "system, account_key, person_key")
    emails = _spans("raw.people_members", "'email' as system, email_key as account_key, person_key")
    return no_rows(
        f"with claims as ({accounts} union {emails})"
        f" select a.system, a.account_key, a.person_key as person, b.person_key as other_person, {_SINCE}"
        " from claims as a join claims as b on a.system = b.system and a.account_key = b.account_key"
        f" and a.person_key < b.person_key and {_OVERLAP} group by all",
        "raw.people_accounts",
    )


def _teams_form_a_tree() -> Way:
    # A team's last parent, as in staging. `union` drops what was found before, so a circle ends.
    return no_rows(
        "with recursive parents as ("
        f" select team_id, parent_team_id from raw.people_teams where {_CURRENT} qualify row_number() over ("
        " partition by team_id order by valid_to desc nulls first, valid_from desc nulls last, load_id desc) = 1"
        "), ancestors as ("
        " select team_id, parent_team_id as ancestor from parents"
        " union select ancestors.team_id, parents.parent_team_id"
        " from ancestors join parents on parents.team_id = ancestors.ancestor"
        ") select team_id from ancestors where team_id = ancestor",
        "raw.people_teams",
    )


def _people_have_teams() -> Way:
    return no_rows(
        f"select person_key from raw.people_members where {_CURRENT}"
        f" union select person_key from raw.people_accounts where {_CURRENT}"
        f" except select person_key from raw.people_members where {_CURRENT}"
        f" and team_id in (select team_id from raw.people_teams where {_CURRENT})",
        "raw.people_members",
        "raw.people_accounts",
    )
