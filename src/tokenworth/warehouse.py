"""Opens the warehouse: one writer, a known version, and everything particular to the engine."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

import duckdb

from tokenworth import first_published, remembered, tables
from tokenworth.errors import DamagedError, TokenworthError, UsageError, WarehouseBusyError
from tokenworth.settings import Settings
from tokenworth.sources import all_sources
from tokenworth.writer import disk_full, disk_is_full

# Version of what users rely on (docs: the contract), and of the tables that the loader keeps.
CONTRACT_VERSION = "1.0"
# 2: what was told of requests is known by a digest. Whoever knows of layout 1 only would tell it a second time.
LAYOUT = 2


# The engine (1.5.6) stops with an internal error at `qualify row_number() … = 1` over rows that are joined to the loads
# that hold, where all of them came with a few late loads: rows of a source that arrived last. Also in profiles.yml.
_BROKEN_OPTIMIZERS = "top_n_window_elimination"

# How files of our own are stored: texts are written in four fifths of the time of the usual format, which only
# engines before 1.5 need. A file that is there keeps the format that it was made with.
_STORAGE = "v1.5.0"
# What others read is stored so that older engines of theirs can.
FOR_READERS = "(storage_version 'v1.0.0')"


def _engine_options(settings: Settings) -> dict[str, str | bool | int | float | list[str]]:
    return {
        "threads": settings.threads,
        "memory_limit": settings.memory_limit,
        "temp_directory": str(settings.work / "spill"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": False,
        "storage_compatibility_version": _STORAGE,
        "disabled_optimizers": _BROKEN_OPTIMIZERS,
    }


def _connect(path: Path, settings: Settings, *, read_only: bool) -> duckdb.DuckDBPyConnection:
    try:
        connection = duckdb.connect(str(path), read_only=read_only, config=_engine_options(settings))
        connection.execute("set TimeZone = 'UTC'")
        connection.execute("set enable_progress_bar = false")  # the engine draws its own into every log
        return connection
    except duckdb.Error as error:
        raise cannot_open(path, error, settings) from None


_UNDAMAGE = {
    "warehouse.duckdb": "Run: tokenworth rebuild, which puts the file aside and makes it anew. Or, to start from"
    " nothing: Move its folder away, but keep pseudonym.key in it, and run again.",
    "identities.duckdb": "Put it back from a backup. Without one: Move its folder away, but keep pseudonym.key in it,"
    " and run again.",
    "kept.duckdb": "Put it back from a backup, or say --without-kept: published figures may be told otherwise then.",
}


def cannot_open(path: Path, error: duckdb.Error, settings: Settings) -> TokenworthError:
    """Why a database file cannot be opened, and what to do about it."""
    text = str(error)
    if disk_is_full(error):
        return disk_full(settings)
    here = "Unique file handle conflict" in text or isinstance(error, duckdb.ConnectionException)
    if here or "set lock" in text:
        # The engine names the user, too, which is nobody's business.
        holder = re.search(r"held in (?:\S*/)?([^\s/]+) \(PID (\d+)\)", text)
        return WarehouseBusyError(
            f"{path.name} is held open by {'this' if here else 'another'} program"
            + (f" ({holder[1]}, process {holder[2]})" if holder else ""),
            todo="Close what reads it (BI tools read published/marts.duckdb instead), then run again.",
        )
    if "Permission denied" in text or "Read-only file system" in text:
        return UsageError(
            f"{path} may not be opened by this user, or its disk may not be written to", todo="Run as who owns it."
        )
    return damaged(path)


def damaged(path: Path) -> DamagedError:
    """That a database file cannot be read, and what to do about it."""
    return DamagedError(
        f"{path} is damaged, or is no DuckDB database of this version; it was left alone",
        todo=_UNDAMAGE.get(path.name, "Put it back from a backup."),
    )


def is_damage(error: duckdb.Error) -> bool:
    """Whether the engine found a file of a database cut short or overwritten: most of it is read only when wanted."""
    kinds = duckdb.IOException | duckdb.SerializationException | duckdb.FatalException | duckdb.InternalException
    said = str(error)
    return isinstance(error, kinds) and ("Corrupt database file" in said or "Could not read enough bytes" in said)


def named_in(error: duckdb.Error) -> Path | None:
    """The file that the engine stumbled over, where it says which: of a block that is not what it was, it does not."""
    found = re.search(r'from file "([^"]*)"', str(error))
    return Path(found[1]) if found else None


@contextmanager
def open_warehouse(settings: Settings, *, read_only: bool = False) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, with its loader's tables in place when writing.

    Raises TokenworthError for a file that is not ours, WarehouseBusyError where another holds it.
    """
    path = settings.database
    if read_only and not path.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth run")
    new = not path.exists()
    if new and path.with_name("kept.duckdb").exists():
        # A new one would be taken for what is known, and what was kept be replaced by it.
        raise DamagedError(
            f"{path} is missing, though kept.duckdb beside it says that it was there",
            todo="Put it back, or run: tokenworth rebuild. To start from nothing, move the whole folder away.",
        )
    with nullcontext() if read_only else private_files():
        connection = _connect(path, settings, read_only=read_only)
        try:
            if not read_only:
                _prepare(connection, settings, new=new)
            yield connection
        except duckdb.Error as error:
            # The engine quotes the data it stumbled over, and a traceback would carry that into a log.
            raise _explained(error, settings) from None
        finally:
            connection.close()


@contextmanager
def private_files() -> Iterator[None]:
    """What is written meanwhile can be read by its owner only: the engine's own logs hold names, too."""
    previous = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(previous)


@contextmanager
def beside_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own with the warehouse attached read-only as `warehouse`: others can be written."""
    if not settings.database.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth run")
    connection = _connect(Path(":memory:"), settings, read_only=False)
    try:
        try:
            connection.execute(f"attach {literal(settings.database)} as warehouse (read_only)")
        except duckdb.Error as error:
            raise cannot_open(settings.database, error, settings) from None
        yield connection
    except duckdb.Error as error:
        raise _explained(error, settings) from None
    finally:
        connection.close()


def _explained(error: duckdb.Error, settings: Settings) -> TokenworthError:
    """What went wrong, as a message that says what state things are in and quotes no data."""
    if disk_is_full(error):
        return disk_full(settings)
    if isinstance(error, duckdb.OutOfMemoryException):
        return TokenworthError(
            "the engine ran out of memory",
            todo="Raise TOKENWORTH_MEMORY_LIMIT, or give the folder more disk.",
        )
    if is_damage(error):
        if path := named_in(error):
            return damaged(path)
        return DamagedError(
            f"{settings.database.name}, or {settings.identities.name} beside it, is damaged; both were left alone",
            todo="Run: tokenworth rebuild, which makes the first anew. If this is said again afterwards, it is the"
            " second: Put it back from a backup.",
        )
    text = str(error).splitlines()[0]
    if not isinstance(error, duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException):
        text = text.partition(":")[0]  # these three quote SQL, all others may quote the data
    return TokenworthError(f"the engine failed: {text}", todo="Run again; if it persists, please report it.")


def _prepare(connection: duckdb.DuckDBPyConnection, settings: Settings, *, new: bool) -> None:
    there = {f"{s}.{t}" for s, t in _rows(connection, "select table_schema, table_name from information_schema.tables")}
    if there and "audit.warehouse" not in there:
        raise TokenworthError(
            f"{settings.database} is a database, but not a Tokenworth warehouse; it was left alone",
            todo="Name another folder with --warehouse.",
        )
    layouts = (
        [int(str(layout)) for (layout,) in _rows(connection, "select layout from audit.warehouse")] if there else []
    )
    if layouts and layouts[0] > LAYOUT:
        raise TokenworthError(
            f"{settings.database} has layout {layouts[0]}, this version writes layout {LAYOUT}; it was left alone",
            todo="Use the newer version of tokenworth that it was last opened with. What it has published is known to"
            " that one alone.",
        )
    connection.begin()
    connection.execute(tables.TABLES)
    connection.execute(first_published.TABLES)
    connection.execute(remembered.TABLES)
    if not layouts:
        connection.execute(f"insert into audit.warehouse values ({LAYOUT}, now()::timestamp, 0)")
    elif layouts[0] < LAYOUT:
        connection.execute(tables.TOLD_BY_DIGEST)
        connection.execute(f"update audit.warehouse set layout = {LAYOUT}")
    present = set(
        _rows(connection, "select table_name, column_name from information_schema.columns where table_schema = 'raw'")
    )
    for table, columns in ((t, c) for source in all_sources().values() for t, c in source.tables.items()):
        if (table, "load_id") not in present:
            declared = ", ".join(f"{c.name} {c.type.sql}" for c in columns)
            connection.execute(f"create table raw.{table} (load_id integer not null, {declared})")
            continue
        for column in columns:
            if (table, column.name) not in present:
                connection.execute(f"alter table raw.{table} add column {column.name} {column.type.sql}")
    connection.commit()
    if new:
        settings.database.chmod(0o600)


def write_anew(path: Path) -> None:
    """Writes a database into a new file: what was deleted would else stand in the free blocks of the old one.

    To be called by whoever holds the warehouse, with the database closed. A kill leaves the old file or the new one.
    """
    scratch = path.with_suffix(".new")
    scratch.unlink(missing_ok=True)
    with private_files(), duckdb.connect() as connection:
        connection.execute(f"attach {literal(path)} as written (read_only)")
        connection.execute(f"attach {literal(scratch)} as compact (storage_version {literal(_STORAGE)})")
        connection.execute("copy from database written to compact")
    scratch.replace(path)
    path.with_name(path.name + ".wal").unlink(missing_ok=True)


def drop_built(connection: duckdb.DuckDBPyConnection) -> None:
    """Removes everything that dbt builds, so that the next build makes it from the start."""
    remembered.forget_built(connection)
    for schema in ("publication", "marts", "intermediate", "staging"):
        connection.execute(f"drop schema if exists {schema} cascade")


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: object = None) -> list[tuple[object, ...]]:
    return connection.execute(query, values).fetchall()


def literal(text: str | Path) -> str:
    """`text` as a string literal of SQL."""
    return "'" + str(text).replace("'", "''") + "'"


def listed(texts: Iterable[str]) -> str:
    """`texts` as a list of SQL."""
    return "[" + ", ".join(literal(text) for text in texts) + "]"


def given(columns: Mapping[str, str], rows: Iterable[Sequence[object]]) -> str:
    """SQL for a relation of values from Python; `columns` are names and types, as `{"file_key": "VARCHAR"}`.

    Whatever is bound to a statement, be it one number, makes the engine import pandas: longer than a small load.
    """
    said = json.dumps([dict(zip(columns, row, strict=True)) for row in rows], default=str)
    return f"(select r.* from (select unnest(from_json({literal(said)}, {literal(json.dumps([dict(columns)]))})) as r))"


def write_json(path: Path, content: object) -> None:
    """Writes `content` so that a reader sees the old file or the new one, never half of either."""
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
    scratch.replace(path)
