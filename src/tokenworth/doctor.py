"""Looks at a landing zone as it was loaded: what is there, what lacks for an exact join, what to switch on next.

Everything is said in counts and in keys; who or what a key stands for only `unmask` tells.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import duckdb

from tokenworth.advice import CHECKS, MISSING_SOURCES, SWITCHES, Check
from tokenworth.load import load
from tokenworth.settings import Settings
from tokenworth.sources import all_sources
from tokenworth.sources.declare import Column, Source
from tokenworth.sources.types import ACCOUNT, BRANCH, CONTAINER, DAY, INSTANT, PATH
from tokenworth.warehouse import literal, open_warehouse

# Below this share of rows an export is said to lack something.
_ENOUGH = 0.8
_KEYS_SHOWN = 3
_TAGS = ("tag_issue", "tag_pull_request", "tag_commit")

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Patient:
    """A source of the landing zone. Days are UTC; working days without a row lie between the first and the last."""

    source: str
    group: str
    files: int
    rows: int
    refused: int
    first_day: date | None = None
    last_day: date | None = None
    missing_days: list[date] = field(default_factory=list)
    lacks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Strangers:
    """Accounts of a system that nobody claims, and the keys of those with most rows."""

    system: str
    accounts: int
    unclaimed: int
    rows_unclaimed: int
    rows: int
    keys: list[str]


@dataclass(frozen=True)
class Diagnosis:
    patients: list[Patient]
    strangers: list[Strangers]
    next_steps: list[str]  # what helps most comes first


def examine(
    settings: Settings, *, afresh: bool = False, progress: Progress = lambda done, to_do, what: None
) -> Diagnosis:
    """What the warehouse was loaded with; `afresh`, or without a warehouse, what the landing zone holds now.

    Raises UsageError where there is neither, and as `load` does.
    """
    with _loaded(settings, afresh=afresh, progress=progress) as loaded, open_warehouse(loaded, read_only=True) as c:
        return diagnose(c)


@contextmanager
def _loaded(settings: Settings, *, afresh: bool, progress: Progress) -> Iterator[Settings]:
    if settings.database.exists() and not afresh:
        yield settings
        return
    with tempfile.TemporaryDirectory(prefix="tokenworth-doctor-") as folder:
        elsewhere = settings.model_copy(update={"warehouse": Path(folder)})
        load(elsewhere, progress=progress)
        yield elsewhere


def diagnose(connection: duckdb.DuckDBPyConnection) -> Diagnosis:
    """What is to be said of what the connection's warehouse was loaded with."""
    look = _Look(connection)
    patients = look.patients()
    strangers = look.strangers()
    return Diagnosis(patients, strangers, _next_steps(patients, strangers))


class _Look:
    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.c = connection
        present = self._rows("select table_name from duckdb_tables() where schema_name = 'raw'")
        self.tables = {name for (name,) in present}

    def _rows(self, query: str) -> list[tuple[object, ...]]:
        return self.c.execute(query).fetchall()

    def current(self, table: str) -> str:
        """A relation of the rows of a raw table that are of the newest version of their file."""
        return (
            f"(select * from raw.{table} where load_id in"
            " (select load_id from audit.loads where superseded_at is null))"
        )

    def patients(self) -> list[Patient]:
        loads = self._rows(
            "select source, count(distinct file_key), sum(loaded), sum(quarantined) from audit.loads"
            " where superseded_at is null group by source order by source"
        )
        found = []
        for name, files, rows, refused in loads:
            source = all_sources().get(str(name))
            if source is not None:
                patient = Patient(source.name, source.group, _count(files), _count(rows), _count(refused))
                found.append(self._examined(patient, source))
        return sorted(found, key=lambda p: (["people", "work", "usage"].index(p.group), p.source))

    def _examined(self, patient: Patient, source: Source) -> Patient:
        lacks = [
            *(self._joins(source) if source.group == "usage" else []),
            *(said for check in CHECKS if check.source == source.name and (said := self._found(check))),
        ]
        days = sorted(self._days(source)) if source.group == "usage" else []
        if not days:
            return replace(patient, lacks=lacks)
        return replace(
            patient, first_day=days[0], last_day=days[-1], missing_days=_working_days_without(days), lacks=lacks
        )

    def _requests(self, source: Source) -> Iterator[tuple[str, list[Column]]]:
        """Tables of a source that tell of what a model did."""
        for table, columns in source.tables.items():
            if table in self.tables and any(column.name == "model" for column in columns):
                yield table, columns

    def _days(self, source: Source) -> set[date]:
        found: set[date] = set()
        for table, columns in self._requests(source):
            at = next(
                (c.name for c in columns if c.type in (INSTANT, DAY) or c.type.sql in ("TIMESTAMP", "DATE")), None
            )
            if at:
                rows = self._rows(
                    f"select distinct cast({at} as date) from {self.current(table)} where {at} is not null"
                )
                found |= {day for (day,) in rows if isinstance(day, date)}
        return found

    def _joins(self, source: Source) -> list[str]:
        """What rows of usage rarely say that would tell what they were for."""
        wanted: dict[str, Callable[[Column], bool]] = {
            "person": lambda c: c.type is ACCOUNT,
            "branch": lambda c: c.type is BRANCH,
            "repository or folder": lambda c: c.type in (CONTAINER, PATH),
            "ticket, pull request or commit": lambda c: c.name in _TAGS,
        }
        tables = list(self._requests(source))
        lacks = []
        for word, is_one in wanted.items():
            columns = {table: [c.name for c in declared if is_one(c)] for table, declared in tables}
            if not any(columns.values()):
                # Transcripts of a tool that knows no tickets will never name one.
                lacks += [] if word.startswith("ticket") else [word]
                continue
            said, total = self._shares(columns)
            if said < _ENOUGH * total:
                lacks.append(f"{word} ({said / total:.0%} have one)")
        return lacks

    def _shares(self, columns: Mapping[str, Sequence[str]]) -> tuple[int, int]:
        """How many rows of tables have a value in one of these columns, of how many."""
        said = total = 0
        for table, names in columns.items():
            some = " or ".join(f"{name} is not null" for name in names) or "false"
            rows = self._rows(f"select count(*) filter ({some}), count(*) from {self.current(table)}")
            said, total = said + _count(rows[0][0]), total + _count(rows[0][1])
        return said, total

    def _found(self, check: Check) -> str:
        """What a check has to say, or nothing."""
        if not set(check.tables) <= self.tables:
            return ""
        current = {table: self.current(table) for table in check.tables}
        ((wrong, total),) = self._rows(check.query.format(**current))
        return check.says.format(wrong=_count(wrong), total=_count(total)) if _count(wrong) else ""

    def strangers(self) -> list[Strangers]:
        """By system, accounts that no list of people claims on any day."""
        uses: dict[str, list[str]] = {}
        for source in all_sources().values():
            if source.group == "people":
                continue
            for table, columns in source.tables.items():
                for column in columns:
                    if column.system and table in self.tables:
                        uses.setdefault(column.system, []).append(
                            f"select {column.name} as account_key from {self.current(table)}"
                            f" where {column.name} is not null"
                        )
        found = []
        for system, queries in sorted(uses.items()):
            claimed = self._claimed(system)
            rows = self._rows(
                "with used as (select account_key, count(*) as rows from ("
                + " union all ".join(queries)
                + ") group by account_key), judged as (select *, account_key in ("
                + claimed
                + ") as is_claimed from used) select count(*), count(*) filter (not is_claimed),"
                " sum(rows) filter (not is_claimed), sum(rows),"
                " list(account_key order by rows desc, account_key) filter (not is_claimed) from judged"
            )
            accounts, unclaimed, rows_unclaimed, total, keys = rows[0]
            if accounts:
                shown = [str(key)[:10] for key in (keys if isinstance(keys, list) else [])[:_KEYS_SHOWN]]
                found.append(
                    Strangers(system, _count(accounts), _count(unclaimed), _count(rows_unclaimed), _count(total), shown)
                )
        return found

    def _claimed(self, system: str) -> str:
        people = [table for table in ("people_accounts", "people_members") if table in self.tables]
        claims = {
            "people_accounts": f"select account_key from {self.current('people_accounts')}"
            f" where system in ({literal(system)}, 'email') and account_key is not null",
            "people_members": f"select email_key from {self.current('people_members')} where email_key is not null",
        }
        return " union all ".join(claims[table] for table in people) or "select null"


def _count(value: object) -> int:
    return int(str(value)) if value is not None else 0


def _working_days_without(days: list[date]) -> list[date]:
    """Mondays to Fridays between the first of `days` and the last that are none of them."""
    seen = set(days)
    span = (date.fromordinal(n) for n in range(days[0].toordinal(), days[-1].toordinal() + 1))
    return [day for day in span if day.weekday() < 5 and day not in seen]


def _next_steps(patients: list[Patient], strangers: list[Strangers]) -> list[str]:
    present = {patient.source for patient in patients}
    groups = {patient.group for patient in patients}
    steps = [step for missing, step in MISSING_SOURCES if not (present | groups) & set(missing)]
    unclaimed = [s for s in strangers if s.unclaimed]
    if unclaimed:
        worst = max(unclaimed, key=lambda s: s.rows_unclaimed)
        steps.append(
            f"Claim {sum(s.unclaimed for s in unclaimed):,} accounts in people/accounts.csv, first of {worst.system}"
            f" ({worst.rows_unclaimed:,} of its {worst.rows:,} rows are nobody's): their work has no team."
        )
    for patient in patients:
        said = " ".join(patient.lacks)
        steps += [
            switch.step
            for switch in SWITCHES
            if switch.source == patient.source and any(w in said for w in switch.lacks)
        ]
        if patient.missing_days:
            steps.append(
                f"Collect {patient.source} for {len(patient.missing_days)} working days without a row,"
                f" the first {patient.missing_days[0]}, or see that nobody worked then."
            )
        if patient.refused:
            steps.append(f"See why lines of {patient.source} were refused ({patient.refused:,}): tokenworth summary.")
    return list(dict.fromkeys(steps))
