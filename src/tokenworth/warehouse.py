"""Opens the warehouse: one writer, a known version, and everything particular to the engine."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tokenworth.errors import TokenworthError, UsageError, WarehouseBusyError
from tokenworth.settings import Settings
from tokenworth.sources import all_sources

# Version of what users rely on (docs: the contract), and of the tables below that the loader keeps.
CONTRACT_VERSION = "1.0"
LAYOUT = 1

_SCHEMA = """
create schema if not exists raw;
create schema if not exists audit;
create table if not exists audit.warehouse (
    layout integer not null, created_at timestamp not null, logins_known bigint not null
);
create sequence if not exists audit.load_ids;
-- One row each time (a part of) a file was read. Rows of raw tables carry its load_id, and are
-- current while superseded_at is null.
create table if not exists audit.loads (
    load_id integer primary key, source varchar not null, file_key varchar not null,
    part varchar not null, status varchar not null, message varchar,
    size_bytes bigint not null, modified_ns bigint not null, digest varchar not null,
    ends_with_newline boolean not null, reader varchar not null,
    lines bigint not null, loaded bigint not null, duplicates bigint not null,
    ignored bigint not null, quarantined bigint not null, unread_columns varchar[],
    extracted_at timestamp not null, first_seen_at timestamp not null, superseded_at timestamp
);
create table if not exists raw.quarantine (
    load_id integer not null, line bigint, reason varchar not null, excerpt varchar
);
-- Branches, folders, files and repositories by key, with logins replaced.
create table if not exists raw.names (name_key varchar primary key, kind varchar not null, name varchar not null);
create table if not exists audit.unrecognised_files (file_key varchar not null, reason varchar not null);
create table if not exists audit.checks (
    run_id varchar not null, checked_at timestamp not null, suite varchar not null, rule varchar not null,
    sentence varchar not null, severity varchar not null, subject varchar not null, outcome varchar not null,
    observed bigint, rows_checked bigint, example varchar, detail varchar
);
-- Models as exports name them, and what each cost on which day.
create table if not exists raw.models (
    said_provider varchar not null, said_model varchar not null, provider varchar not null, model varchar not null,
    price_model varchar
);
create table if not exists raw.prices (
    provider varchar not null, price_model varchar not null, terms varchar not null,
    valid_from date not null, valid_to date not null, input_above bigint not null,
    input_usd_per_mtok decimal(20, 10), cache_read_usd_per_mtok decimal(20, 10),
    cache_write_5m_usd_per_mtok decimal(20, 10), cache_write_1h_usd_per_mtok decimal(20, 10),
    output_usd_per_mtok decimal(20, 10), web_search_usd_per_k decimal(20, 10)
);
"""


@contextmanager
def sole_writer(settings: Settings) -> Iterator[None]:
    """Holds the warehouse's lock; a second run is told who holds it instead of waiting blindly."""
    try:
        settings.warehouse.mkdir(parents=True, exist_ok=True)
        handle = os.open(settings.warehouse / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise UsageError(
            f"cannot write to the warehouse folder {settings.warehouse}: {error.strerror}",
            todo="Name a folder that this user may write to with --warehouse.",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.read(handle, 200).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise WarehouseBusyError(
            f"another run is writing to {settings.warehouse} ({holder})",
            todo="Wait until it ends, or stop it; a stopped run leaves nothing half done.",
        ) from error
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"process {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC".encode())
        clear_scratch(settings)
        yield
    finally:
        clear_scratch(settings)
        os.ftruncate(handle, 0)
        os.close(handle)


def clear_scratch(settings: Settings) -> None:
    """Empties the scratch folder: a killed run may have left unpacked exports there."""
    shutil.rmtree(settings.work, ignore_errors=True)
    with suppress(OSError):
        settings.work.mkdir(mode=0o700, parents=True, exist_ok=True)


def _engine_options(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "temp_directory": str(settings.work / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
    }


def _connect(path: Path, settings: Settings, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=_engine_options(settings))
        connection.execute("set TimeZone = 'UTC'")
        return connection
    except duckdb.IOException as error:
        text = str(error)
        if "lock" in text.lower():
            raise WarehouseBusyError(
                f"{path.name} is held open by another program",
                todo="Close what reads it (BI tools read published/marts.duckdb instead), then run again.",
            ) from error
        raise TokenworthError(
            f"{path} cannot be opened as a DuckDB database",
            todo="Move it away and run again: the warehouse is rebuilt from the landing zone.",
        ) from error
    except duckdb.Error as error:
        raise TokenworthError(
            f"{path} is damaged or was written by another engine: {str(error).splitlines()[0]}",
            todo="Move it away and run again: the warehouse is rebuilt from the landing zone.",
        ) from error


@contextmanager
def open_warehouse(settings: Settings, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with its loader's tables in place, and `identities` attached when writing.

    Raises TokenworthError for a file that is not ours, WarehouseBusyError where another holds it.
    """
    path = settings.database
    if read_only and not path.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth run")
    new = not path.exists()
    connection = _connect(path, settings, read_only=read_only)
    try:
        if not read_only:
            _prepare(connection, settings, new=new)
        yield connection
    except duckdb.Error as error:
        raise _readable(error) from error
    finally:
        connection.close()


def _readable(error: duckdb.Error) -> TokenworthError:
    """What the engine said, as a message that says what state things are in."""
    text = str(error).splitlines()[0]
    if "No space left" in str(error) or "enough free space" in text:
        return TokenworthError(
            "the disk is full; what was complete is kept, the file in hand is not",
            todo="Free some space and run again: it goes on where it stopped.",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return TokenworthError(
            "the engine ran out of memory",
            todo="Raise TOKENWORTH_MEMORY_LIMIT, or give the folder more disk.",
        )
    return TokenworthError(f"the engine failed: {text}", todo="Run again with --debug to see where.")


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Settings, *, new: bool) -> None:
    tables = {
        f"{s}.{t}" for s, t in _rows(connection, "select table_schema, table_name from information_schema.tables")
    }
    if tables and "audit.warehouse" not in tables:
        raise TokenworthError(
            f"{settings.database} is a database, but not a Tokenworth warehouse; it was left alone",
            todo="Name another folder with --warehouse.",
        )
    connection.begin()
    connection.execute(_SCHEMA)
    if not _rows(connection, "select layout from audit.warehouse"):
        connection.execute("insert into audit.warehouse values (?, now()::timestamp, 0)", [LAYOUT])
    for source in all_sources().values():
        for table, columns in source.tables.items():
            declared = ", ".join(f"{c.name} {c.type.sql}" for c in columns)
            connection.execute(f"create table if not exists raw.{table} (load_id integer not null, {declared})")
            present = {r[0] for r in _rows(connection, f"select column_name from (describe raw.{table})")}
            for column in columns:
                if column.name not in present:
                    connection.execute(f"alter table raw.{table} add column {column.name} {column.type.sql}")
    connection.commit()
    (layout,) = _rows(connection, "select max(layout) from audit.warehouse")[0]
    if layout != LAYOUT:
        raise TokenworthError(
            f"{settings.database} has layout {layout}, this version writes layout {LAYOUT}",
            todo="Move it away and run again: the warehouse is rebuilt from the landing zone.",
        )
    if new:
        settings.database.chmod(0o600)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: object = None) -> list[tuple[object, ...]]:
    return connection.execute(query, values).fetchall()


def literal(text: str | Path) -> str:
    """`text` as a string literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def write_json(path: Path, content: object) -> None:
    """Writes `content` so that a reader sees the old file or the new one, never half of either."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
    scratch.replace(path)
