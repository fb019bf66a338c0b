"""Rebuilds what would have been published at a time, from what had been first seen by then.

The models run unchanged in a database of their own, whose raw tables are views: they show the warehouse's
rows of the file versions that were current at the time. The warehouse itself stays as it is, but for what a newer
version of this program adds to one when it opens it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from tokenworth.build import BUILD, BuildReport, Progress, assert_built, run_dbt
from tokenworth.errors import UsageError, WarehouseBusyError
from tokenworth.prices import add_prices
from tokenworth.settings import Settings
from tokenworth.warehouse import FOR_READERS, LAYOUT, beside_warehouse, literal, open_warehouse
from tokenworth.writer import sole_writer


@dataclass
class AsOf:
    """A rebuilt publication, and how it was built."""

    database: Path
    built: BuildReport


def build_as_of(
    settings: Settings,
    at: datetime,
    *,
    name: str = "",
    progress: Progress = lambda done, to_do, what: None,
) -> AsOf:
    """Writes `as-of/<name>/marts.duckdb` (name: default `at`) from what had been first seen by `at` (UTC).

    Raises UsageError where nothing had been seen by then, or rows of then were removed since; otherwise as
    `build` does.
    """
    began = time.monotonic()
    folder = settings.warehouse / "as-of" / (name or at.isoformat())
    scratch, written = settings.work / "as_of.duckdb", settings.work / "marts.duckdb"
    with sole_writer(settings, "build as of a time"):
        if settings.database.exists():
            _bring_up_to_date(settings)
        with beside_warehouse(settings) as connection:
            _assert_known(connection, at)
            connection.execute(f"attach {literal(scratch)} as as_of")
            for statement in _views(connection, at):
                connection.execute(statement)
            connection.execute("use as_of")
            add_prices(connection)  # of models that were loaded, but never built
        report = run_dbt(settings, list(BUILD), progress, beside=scratch)
        report.seconds = time.monotonic() - began
        assert_built(report, settings)
        with beside_warehouse(settings) as connection:
            connection.execute(f"attach {literal(scratch)} as as_of (read_only)")
            connection.execute(f"attach {literal(written)} as written {FOR_READERS}")
            connection.execute("create schema written.marts")
            for table in _tables(connection, "as_of", "publication"):
                connection.execute(f"create table written.marts.{table} as from as_of.publication.{table} order by all")
            connection.execute("detach written")
        written.chmod(0o640)
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        written.replace(folder / "marts.duckdb")
    return AsOf(folder / "marts.duckdb", report)


def _bring_up_to_date(settings: Settings) -> None:
    """An older version may have written it. Beside whoever holds it, it is read as it is, if that is in our layout."""
    try:
        with open_warehouse(settings):
            pass
    except WarehouseBusyError:
        with beside_warehouse(settings) as connection:
            if connection.execute("select layout from warehouse.audit.warehouse").fetchall() != [(LAYOUT,)]:
                raise


def _assert_known(connection: duckdb.DuckDBPyConnection, at: datetime) -> None:
    first, remembered, forgotten = connection.execute(
        "select min(first_seen_at), max(superseded_at) filter (forgotten_at is not null),"
        " count(*) filter (forgotten_at is not null and loaded > 0 and first_seen_at <= $1 and superseded_at > $1)"
        " from warehouse.audit.loads",
        [at],
    ).fetchall()[0]
    if first is None or first > at:
        since = f"the first file was seen at {first}" if first else "no file was ever loaded"
        raise UsageError(f"nothing had been seen by {at} (UTC): {since}")
    if forgotten:
        raise UsageError(
            f"what was known at {at} (UTC) cannot be rebuilt: rows of {forgotten:,} file versions of then were removed",
            todo=f"Name a time from {remembered} on; retain_superseded_days says for how long rows are kept.",
        )


def _views(connection: duckdb.DuckDBPyConnection, at: datetime) -> list[str]:
    """Statements that make `as_of` (dbt names the database after its file) look as the warehouse did at a time."""
    then = f"{literal(at.isoformat())}::timestamp"
    shown = {
        # What replaced a file later had not replaced it yet; and no export was made later than it was seen.
        "audit.loads": "select * replace (case when superseded_at <= {then} then superseded_at end as superseded_at,"
        " least(extracted_at, {then}) as extracted_at) from {table} where first_seen_at <= {then}",
        "audit.checks": "from {table} where checked_at <= {then}",
        "audit.publications": "from {table} where published_at <= {then}",
        # Of what stands there nothing was built.
        "audit.built_up_to": "from {table} limit 0",
        "audit.built_days": "from {table} limit 0",
        "audit.containers_asked": "from {table} limit 0",
        "raw.names": "from {table}",  # what is a login, is one in any year
        **{
            f"raw.{prices}": "from {table} where coalesce(known_from <= {then}, true) union all by name"
            f" select * exclude (known_until) from warehouse.audit.former_{prices}"
            " where coalesce(known_from <= {then}, true) and known_until > {then}"
            for prices in ("models", "prices")
        },
    }
    # The ledger's schema first, which the others ask.
    schemas = ("audit", "raw", "told", "retained")
    statements = [f"create schema as_of.{schema}" for schema in schemas]
    tables = [(schema, table) for schema in schemas for table in _tables(connection, "warehouse", schema)]
    of_then = {
        "audit": "from {table}",
        "told": "from {table} where told_at <= {then}",
        "retained": "from {table}",  # closed periods are what they were, at any time
        "raw": "from {table} where load_id in (select load_id from as_of.audit.loads)",
    }
    for schema, table in tables:
        name = f"{schema}.{table}"
        kind = "table" if table in ("models", "prices") else "view"
        query = shown.get(name, of_then[schema]).format(table=f"warehouse.{name}", then=then)
        statements.append(f"create {kind} as_of.{name} as {query}")
    return statements


def _tables(connection: duckdb.DuckDBPyConnection, database: str, schema: str) -> list[str]:
    found = connection.execute(
        "select table_name from information_schema.tables where table_catalog = ? and table_schema = ? order by all",
        [database, schema],
    ).fetchall()
    return [name for (name,) in found]
