"""Publishes: writes a new folder, verifies it, and moves one link to it.

`published` points to `publications/<id>/`; whoever has the old one open keeps it. The publication's
id comes from its content: publishing the same figures again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tokenworth import __version__
from tokenworth.errors import TokenworthError, UsageError
from tokenworth.first_published import remember, settle
from tokenworth.kept import keep
from tokenworth.remembered import assert_built_whole, moment
from tokenworth.settings import Settings
from tokenworth.tables import TOLD_BY_DIGEST
from tokenworth.unchanged import note_told
from tokenworth.warehouse import (
    CONTRACT_VERSION,
    FOR_READERS,
    beside_warehouse,
    literal,
    open_warehouse,
    write_json,
)
from tokenworth.writer import sole_writer

# Columns that say when something was looked at; the same figures looked at again are the same.
_CLOCKS = ("checked_at",)
# What a publication tells for the first time, by its keys, and where it is kept so that it is never told otherwise.
_TOLD = {
    "usage": ("int_usage_to_tell", "usage_id, piece"),
    "requests": ("int_requests_to_tell", "request_key"),
    "request_ids": ("int_request_ids_to_tell", "request_digest"),
    "outcomes": ("int_outcomes_to_tell", "outcome_id, version"),
    "containers": ("int_containers_to_tell", "kind, container_type, cell_id, piece"),
    "org_weeks": ("int_org_weeks_to_tell", "week_start"),
}
# Folders kept behind the current one, for readers that hold them.
_KEPT = 3


@dataclass
class Publication:
    """What stands behind the link now."""

    id: str
    folder: Path
    rows: dict[str, int]
    changed: bool  # False where the figures are those that were already published


def publish(settings: Settings) -> Publication:
    """Publishes the schema `publication`, and a copy of `marts` for analysts with clearance.

    Raises UsageError where nothing was built, TokenworthError where what was written does not hold
    what it should; the old publication stays in both cases.
    """
    if not settings.database.exists():
        raise UsageError(f"there is no warehouse in {settings.warehouse}", todo="Run: tokenworth run")
    with sole_writer(settings, "publish"):
        with open_warehouse(settings) as connection:
            assert_built_whole(connection)
            settle(connection, settings)
            # Where groups of one are told there is nobody to be kept from, and figures follow the warehouse.
            if settings.min_group > 1:
                # First, so that a publication that is killed on its way is repeated and not told in another way.
                keep_told(connection)
            now, former = moment(connection), _former(connection)
        _remove_all_but(settings, former)
        with beside_warehouse(settings) as connection:
            tables = _tables(connection, "publication")
            if not tables:
                raise UsageError("nothing has been built yet", todo="Run: tokenworth build")
            checksums = {table: _checksum(connection, f"warehouse.publication.{table}") for table in tables}
            lasting = {table: _checksum(connection, f"warehouse.publication.{table}", _CLOCKS) for table in tables}
            content = hashlib.sha256(json.dumps([CONTRACT_VERSION, lasting]).encode()).hexdigest()[:16]
            _restrict(settings, connection)
            current = _current(settings)
            rows = {table: count for table, (count, _) in checksums.items()}
            if current is not None and current["content"] == content:
                return Publication(current["publication"], settings.published, rows, changed=False)
            identifier = f"{now:%Y%m%dT%H%M%SZ}-{content}"
            try:
                folder = _write(settings, connection, identifier, content, checksums, now)
            except BaseException:
                _remove_all_but(settings, former)  # a disk that is full needs the room
                raise
        with open_warehouse(settings) as connection:
            remember(connection, identifier, now)
            keep(connection, settings)  # what is told now must never be forgotten
        _swap(settings, folder)
        _remove_all_but(settings, [identifier, *former[:_KEPT]])
    return Publication(identifier, folder, rows, changed=True)


def keep_told(connection: duckdb.DuckDBPyConnection) -> None:
    """Keeps what the tables of the schema `publication` tell for the first time; again, it changes nothing."""
    built = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    if built.isdisjoint(model for model, _ in _TOLD.values()):
        return  # nothing has been built yet
    connection.begin()
    for table, (model, key) in _TOLD.items():
        if model not in built:
            connection.execute(TOLD_BY_DIGEST)  # by an older version of this program, as texts
            continue
        connection.execute(
            f"insert into told.{table} by name select * replace (now()::timestamp as told_at)"
            f" from intermediate.{model} anti join told.{table} using ({key})"
        )
        note_told(connection, f"told.{table}")
    connection.commit()


def _tables(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    found = connection.execute(
        "select table_name from information_schema.tables where table_catalog = 'warehouse' and table_schema = ?"
        " order by table_name",
        [schema],
    ).fetchall()
    return [name for (name,) in found]


def _checksum(connection: duckdb.DuckDBPyConnection, table: str, without: tuple[str, ...] = ()) -> tuple[int, str]:
    """Rows, and a sum over them that does not depend on their order; columns of `without` do not count."""
    present = [column for (column, *_) in connection.execute(f"describe from {table}").fetchall()]
    columns = ", ".join(column for column in present if column not in without)
    count, total = connection.execute(
        f"select count(*), coalesce(sum(hash({columns})::HUGEINT), 0)::VARCHAR from {table}"
    ).fetchall()[0]
    return int(count), str(total)


def _current(settings: Settings) -> dict[str, str] | None:
    """What the publication in force says of itself; None where there is none, or a folder where the link belongs."""
    if not settings.published.is_symlink():
        return None
    try:
        manifest: dict[str, str] = json.loads((settings.published / "manifest.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return manifest


def _write(
    settings: Settings,
    connection: duckdb.DuckDBPyConnection,
    identifier: str,
    content: str,
    checksums: dict[str, tuple[int, str]],
    now: datetime,
) -> Path:
    """A complete publication in a folder of its own, read back and compared."""
    folder = settings.warehouse / "publications" / identifier
    # Beside its place, which may be on a disk of its own; what a killed run leaves there, the next one removes.
    scratch = folder.with_name(f".{identifier}")
    scratch.mkdir(parents=True)
    database = scratch / "marts.duckdb"
    connection.execute(f"attach {literal(database)} as published {FOR_READERS}")
    connection.execute("create schema published.marts")
    for table in checksums:
        connection.execute(
            f"create table published.marts.{table} as select * from warehouse.publication.{table} order by all"
        )
        parquet = scratch / "parquet" / table
        parquet.mkdir(parents=True)
        connection.execute(
            f"copy (from published.marts.{table}) to {literal(parquet / (table + '.parquet'))} (format parquet)"
        )
    connection.execute("detach published")
    with duckdb.connect() as reader:
        # Attached under another name: opened by its own, `marts.x` could be the file or the schema.
        reader.execute(f"attach {literal(database)} as written (read_only)")
        for table, expected in checksums.items():
            parquet = scratch / "parquet" / table / f"{table}.parquet"
            for written in (f"written.marts.{table}", f"read_parquet({literal(parquet)})"):
                if _checksum(reader, written) != expected:
                    raise TokenworthError(
                        f"what was written of {table} is not what the warehouse holds; the old publication stays",
                        todo="Run again; if it persists, check the disk.",
                    )
    files = sorted(path for path in scratch.rglob("*") if path.is_file())
    write_json(
        scratch / "manifest.json",
        {
            "publication": identifier,
            "content": content,
            "contract_version": CONTRACT_VERSION,
            "written_by": f"tokenworth {__version__}",
            "published_at": now.replace(tzinfo=UTC).isoformat(),
            "min_group": settings.min_group,
            "tables": {table: {"rows": count} for table, (count, _) in checksums.items()},
            "sha256": {str(p.relative_to(scratch)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
        },
    )
    for path in [*files, scratch / "manifest.json"]:
        _to_disk(path)
    scratch.rename(folder)
    _to_disk(folder.parent)
    return folder


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(settings: Settings, folder: Path) -> None:
    """Moves the link: a reader meets the old publication or the new one, never half of either.

    Whoever copies or restores a warehouse may follow the link, and leave a folder there, which no link replaces: it is
    moved out of the way first, and for that moment there is no publication. The next one heals what is killed then.
    """
    link = settings.warehouse / ".published.new"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.relative_to(settings.warehouse), target_is_directory=True)
    if settings.published.is_dir() and not settings.published.is_symlink():
        settings.published.rename(settings.work / "published")
    link.replace(settings.published)
    _to_disk(settings.warehouse)


def _former(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Publications that were in force, the current one first."""
    published = "select publication from audit.publications order by published_at desc"
    return [name for (name,) in connection.execute(published).fetchall()]


def _remove_all_but(settings: Settings, kept: list[str]) -> None:
    """Removes folders of old publications, and of those that a killed run wrote and that were never in force.

    Readers hold the last ones. Their order is the warehouse's: a clock that was set back gives a later one an earlier
    name.
    """
    in_force = settings.published.resolve()
    for folder in (settings.warehouse / "publications").glob("*"):
        if folder.name not in kept[: _KEPT + 1] and folder.resolve() != in_force:
            shutil.rmtree(folder, ignore_errors=True)


def _restrict(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """`restricted/marts.duckdb`: the schema `marts`, unsuppressed, for whoever may see it."""
    folder = settings.warehouse / "restricted"
    folder.mkdir(mode=0o750, exist_ok=True)
    scratch = settings.work / "restricted.duckdb"
    connection.execute(f"attach {literal(scratch)} as restricted {FOR_READERS}")
    connection.execute("create schema restricted.marts")
    for table in _tables(connection, "marts"):
        connection.execute(f"create table restricted.marts.{table} as from warehouse.marts.{table}")
    connection.execute("detach restricted")
    scratch.chmod(0o640)
    # What somebody wrote into the copy and did not finish would be replayed over the new one.
    (folder / "marts.duckdb.wal").unlink(missing_ok=True)
    scratch.replace(folder / "marts.duckdb")
