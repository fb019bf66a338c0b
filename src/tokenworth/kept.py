"""What is kept outside the warehouse's file, so that a damaged one can be made anew: `kept.duckdb`.

All that the landing zone does not hold: the ledger, what publications told of and what they were made of, verdicts,
findings, prices that were corrected since; and the raw rows of files that are not there any more, or were replaced by
a newer version. It is written when a step has come to its end, in one transaction, and only where something changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from tokenworth.errors import DamagedError
from tokenworth.settings import Settings
from tokenworth.sources import all_sources
from tokenworth.unchanged import sum_of, told_sum
from tokenworth.warehouse import cannot_open, given, is_damage, literal, named_in, private_files

# Schemas that the landing zone or dbt make anew, and tables in them that remember: a verdict is said once.
_MADE_ANEW = ("main", "raw", "staging", "intermediate", "marts", "publication")
_REMEMBERED = ("raw.models", "raw.prices", "intermediate.int_verdicts", "marts.fct_divergence")
# What tells of this file alone, or of its last load.
OF_THE_FILE = (
    "audit.warehouse", "audit.unrecognised_files", "audit.built_by", "audit.built_up_to", "audit.built_days",
    "audit.containers_asked", "audit.standing", "audit.told_sums", "audit.checked_up_to",
)  # fmt: skip

_SCHEMA = """
-- Of each table that is kept, as the rows are that were copied: their number and the sum of their hashes.
create table if not exists kept.fingerprints (name varchar primary key, fingerprint varchar not null);
-- Loads whose raw rows are kept.
create table if not exists kept.saved (load_id integer primary key);
-- Whoever knows of layout 1 only (tables.py) asks this table for a single column and stops here: restored without the
-- digests, what was told would be told again.
alter table kept.saved add column if not exists layout integer default 2;
"""


def path_of(settings: Settings) -> Path:
    return settings.warehouse / "kept.duckdb"


def forget_kept(settings: Settings) -> list[int]:
    """Removes the file before keys of people change in the warehouse; the step writes it anew when it is done.

    Returns the loads whose rows were kept, for `keep`; after a kill in between, the next load finds them again.
    """
    saved: list[int] = []
    with suppress(duckdb.Error), duckdb.connect() as connection:
        connection.execute(f"attach {literal(path_of(settings))} as kept (read_only)")
        saved = [load_id for (load_id,) in connection.execute("select load_id from kept.saved").fetchall()]
    for path in (path_of(settings), path_of(settings).with_name("kept.duckdb.wal")):
        path.unlink(missing_ok=True)
    return saved


def keep(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    present: Iterable[str] | None = None,
    saved: Iterable[int] = (),
) -> None:
    """Brings `kept.duckdb` up to the warehouse; to be called by its sole writer, outside a transaction.

    `present` are the keys of the files in the landing zone, from whoever looked at all of them: rows of other files
    are kept from then on, and those of the loads `saved`.
    """
    there, also = None if present is None else list(present), list(saved)
    try:
        _bring_up(connection, settings, there, also)
    except duckdb.Error as error:
        named = named_in(error)
        if not is_damage(error) or not (named.name == path_of(settings).name if named else _reads_through(connection)):
            raise
        # The warehouse is whole, and has all of it.
        _bring_up(connection, settings, there, [*also, *forget_kept(settings)])


def _bring_up(
    connection: duckdb.DuckDBPyConnection, settings: Settings, present: list[str] | None, saved: list[int]
) -> None:
    with _attached(connection, settings):
        connection.begin()
        try:
            wanted = [table for table in tables_of(connection, "current_database()") if _is_kept(table)]
            for table in wanted:
                _keep_table(connection, table)
            for table in {t for t in tables_of(connection, "'kept'") if _is_kept(t) or t in OF_THE_FILE} - set(wanted):
                connection.execute(f"drop table kept.{table}")
                connection.execute(f"delete from kept.fingerprints where name = {literal(table)}")
            _keep_rows(connection, present, saved)
            connection.commit()
        except BaseException:
            with suppress(duckdb.Error):  # a full disk has rolled back already
                connection.rollback()
            raise


def _reads_through(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether every row of the warehouse can be read."""
    try:
        for table in tables_of(connection, "current_database()"):
            sum_of(connection, table)
    except duckdb.Error:
        return False
    return True


@contextmanager
def _attached(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[None]:
    path = path_of(settings)
    with private_files():
        try:
            connection.execute(f"attach {literal(path)} as kept")
        except duckdb.Error as error:
            reason = cannot_open(path, error, settings)
            if not isinstance(reason, DamagedError):
                raise reason from None
            forget_kept(settings)  # the warehouse is whole, and has all of it
            connection.execute(f"attach {literal(path)} as kept")
    try:
        connection.execute(_SCHEMA)
        yield
    finally:
        connection.execute("detach kept")


def tables_of(connection: duckdb.DuckDBPyConnection, database: str) -> list[str]:
    """`schema.table` of each table of an attached database."""
    found = connection.execute(
        f"select schema_name || '.' || table_name from duckdb_tables() where database_name = {database}"
        " and not temporary order by all"
    ).fetchall()
    return [name for (name,) in found]


def _is_kept(table: str) -> bool:
    return table in _REMEMBERED or not (table.startswith(tuple(f"{s}." for s in _MADE_ANEW)) or table in OF_THE_FILE)


def _keep_table(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """A copy of a table, where it is not what it was."""
    # What is told grows for good, so whoever tells of more counts it.
    count, hashes = (told_sum if table.startswith("told.") else sum_of)(connection, table)
    now = f"{count} {hashes}"
    found = connection.execute(f"select fingerprint from kept.fingerprints where name = {literal(table)}").fetchall()
    if found == [(now,)]:
        return
    connection.execute(f"create schema if not exists kept.{table.partition('.')[0]}")
    if not _add_what_is_new(connection, table, now):
        connection.execute(f"create or replace table kept.{table} as from {table}")
    connection.execute(f"insert or replace into kept.fingerprints values ({literal(table)}, {literal(now)})")


def _add_what_is_new(connection: duckdb.DuckDBPyConnection, table: str, now: str) -> bool:
    """Of what was told, of all days there ever were, as nearly always only the last are new; whether that was all."""
    if not table.startswith("told.") or table not in tables_of(connection, "'kept'"):
        return False
    columns = [
        [column[:2] for column in connection.execute(f"describe {name}").fetchall()]
        for name in (table, f"kept.{table}")
    ]
    if columns[0] != columns[1]:
        return False  # a later version of this program tells more
    last = f"(select coalesce(max(told_at), '-infinity') from kept.{table})"
    connection.execute(f"insert into kept.{table} by name from {table} where told_at > {last}")
    # All of it is read, also because damage shows only then, and can be mended as long as the warehouse is whole.
    count, hashes = sum_of(connection, f"kept.{table}")
    return f"{count} {hashes}" == now


def _keep_rows(connection: duckdb.DuckDBPyConnection, present: Iterable[str] | None, saved: Iterable[int]) -> None:
    """Raw rows that cannot be read again: of versions that were replaced, and of files that are gone."""
    gone = f"(superseded_at is not null or load_id in ({', '.join(map(str, saved)) or 'null'}))"
    if present is not None:
        there = given({"file_key": "VARCHAR"}, [(key,) for key in present])
        connection.execute(f"create or replace temp table present as from {there}")
        gone = f"({gone} or file_key not in (from present))"
    connection.execute(
        "create or replace temp table to_save as select load_id from audit.loads"
        f" where forgotten_at is null and {gone} and load_id not in (select load_id from kept.saved)"
    )
    forgotten = "(select load_id from audit.loads where forgotten_at is not null)"
    changed = f"from to_save union all select load_id from kept.saved where load_id in {forgotten}"
    if not connection.execute(f"{changed} limit 1").fetchall():
        return  # as nearly always; there are many tables
    connection.execute("create schema if not exists kept.raw")
    for table in raw_tables():
        rows = f"from raw.{table} where load_id in (from to_save)"
        connection.execute(f"create table if not exists kept.raw.{table} as {rows} limit 0")
        columns = {name for name, *_ in connection.execute(f"describe kept.raw.{table}").fetchall()}
        for name, kind, *_ in connection.execute(f"describe raw.{table}").fetchall():
            if name not in columns:  # a later version of this program reads more
                connection.execute(f"alter table kept.raw.{table} add column {name} {kind}")
        connection.execute(f"delete from kept.raw.{table} where load_id in {forgotten}")
        connection.execute(f"insert into kept.raw.{table} by name {rows}")
    connection.execute("insert into kept.saved (load_id) from to_save")
    connection.execute(f"delete from kept.saved where load_id in {forgotten}")


def raw_tables() -> list[str]:
    """Tables whose rows carry the number of the load that they came with."""
    return ["quarantine", *dict.fromkeys(table for source in all_sources().values() for table in source.tables)]
