"""`restricted/marts.duckdb`: the schema `marts`, unsuppressed, for whoever may see it.

Nearly all of a history stays as it was, and to write it costs five times as much as to read it. So the copy begins with
the last one; what is not the same there is replaced, and of a table that grows the days that are other ones.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tokenworth.settings import Settings
from tokenworth.unchanged import sum_of
from tokenworth.warehouse import FOR_READERS, literal

# In a mart that grows: what a row's day was made of.
_MARK = "made_of"


@dataclass(frozen=True)
class _Table:
    columns: tuple[tuple[str, str], ...]
    rows: tuple[int, int]
    marks: frozenset[int]  # none of a table that does not grow


def restrict(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """Writes the copy and puts it in place; `connection` has the warehouse attached, as `warehouse`."""
    folder = settings.warehouse / "restricted"
    folder.mkdir(mode=0o750, exist_ok=True)
    scratch, place = settings.work / "restricted.duckdb", folder / "marts.duckdb"
    wanted = _tables(connection, "warehouse")
    there = _read_through(place)
    # Where no day is what it was, as after a change of the key, nothing of the old file is carried on: what is
    # deleted in a file can be found in it until it is written over.
    if _marks(wanted) & _marks(there):
        shutil.copyfile(place, scratch)
    else:
        there = {}
    connection.execute(f"attach {literal(scratch)} as restricted {FOR_READERS}")
    connection.execute("create schema if not exists restricted.marts")
    for name in there.keys() - wanted.keys():
        connection.execute(f"drop table restricted.marts.{name}")
    for name, table in wanted.items():
        if table != there.get(name) and not _replace_days(connection, name, table, there.get(name)):
            connection.execute(f"create or replace table restricted.marts.{name} as from warehouse.marts.{name}")
    connection.execute("detach restricted")
    scratch.chmod(0o640)
    scratch.replace(place)


def _replace_days(connection: duckdb.DuckDBPyConnection, name: str, table: _Table, before: _Table | None) -> bool:
    """Brings a table that grows up to what it is now; whether that made it the same."""
    if before is None or before.columns != table.columns or not table.marks & before.marks:
        return False
    copy, kept = f"restricted.marts.{name}", ", ".join(map(str, sorted(table.marks & before.marks)))
    other = f"{_MARK} is null or {_MARK} not in ({kept})"
    connection.execute(f"delete from {copy} where {other}")
    connection.execute(f"insert into {copy} from warehouse.marts.{name} where {other}")
    return sum_of(connection, copy) == table.rows


def _marks(tables: dict[str, _Table]) -> frozenset[int]:
    return frozenset().union(*(table.marks for table in tables.values()))


def _read_through(place: Path) -> dict[str, _Table]:
    """The tables of the last copy. None, where it is not there, or damaged: nobody would find that out but its readers.

    By an engine of its own, which damage may stop.
    """
    if not place.exists():
        return {}
    try:
        with duckdb.connect() as reader:
            reader.execute(f"attach {literal(place)} as restricted (read_only)")
            return _tables(reader, "restricted")
    except duckdb.Error:
        return {}


def _tables(connection: duckdb.DuckDBPyConnection, database: str) -> dict[str, _Table]:
    names = connection.execute(
        "select table_name from duckdb_tables()"
        f" where database_name = '{database}' and schema_name = 'marts' order by all"
    ).fetchall()
    found = {}
    for (name,) in names:
        table = f"{database}.marts.{name}"
        columns = tuple((column, kind) for column, kind, *_ in connection.execute(f"describe {table}").fetchall())
        marks: frozenset[int] = frozenset()
        if _MARK in dict(columns):
            known = connection.execute(f"select distinct {_MARK} from {table} where {_MARK} is not null").fetchall()
            marks = frozenset(mark for (mark,) in known)
        found[name] = _Table(columns, sum_of(connection, table), marks)
    return found
