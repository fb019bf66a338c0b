"""Makes a damaged warehouse anew: from the landing zone, and from what is kept outside its file.

The new file is written beside the old one and takes its place as one; the old one is put aside, not deleted. What the
lost warehouse knew of each file stays in `audit.former_loads`, where the next load finds it: a rebuild that is killed
is finished by a plain run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from tokenworth.build import build
from tokenworth.errors import UsageError
from tokenworth.identities import pseudonym_key
from tokenworth.kept import OF_THE_FILE, forget_kept, path_of, raw_tables, tables_of
from tokenworth.keys import key_of
from tokenworth.landing import list_files
from tokenworth.load import LoadReport, Progress, load
from tokenworth.settings import Settings
from tokenworth.tables import TOLD_BY_DIGEST
from tokenworth.warehouse import cannot_open, damaged, given, is_damage, literal, open_warehouse
from tokenworth.writer import sole_writer, whole_run

# The ledger and the raw rows, of which only a part is taken.
_FILLED_APART = ("audit.loads", *(f"raw.{table}" for table in raw_tables()))


@dataclass
class Restored:
    """What became of a damaged warehouse."""

    put_aside: Path | None
    loaded: LoadReport


def rebuild(
    settings: Settings, *, without_kept: bool = False, progress: Progress = lambda done, to_do, what: None
) -> Restored:
    """Restores the warehouse and builds the marts; nothing is published. Raises as `restore` and `build` do."""
    if not any(path.exists() for path in (settings.database, path_of(settings), settings.identities)):
        raise UsageError(
            f"there is no warehouse in {settings.warehouse}",
            todo="Name its folder with --warehouse, or run: tokenworth run",
        )
    with whole_run(settings, "rebuild"):
        restored = restore(settings, without_kept=without_kept, progress=progress)
        build(settings, progress=progress)
    return restored


def restore(
    settings: Settings, *, without_kept: bool = False, progress: Progress = lambda done, to_do, what: None
) -> Restored:
    """Makes the warehouse anew and loads the landing zone into it.

    Raises UsageError where `kept.duckdb` is missing or damaged as well, unless `without_kept`: what publications told
    of is not known any more then. Also where `identities.duckdb` is missing: who was erased would come back.
    """
    listing = list_files(settings.landing)
    with sole_writer(settings, "restore"):
        kept = None if without_kept else _kept(settings)
        if not settings.identities.exists():
            raise UsageError(
                f"{settings.identities} is missing: who was erased, and who looked somebody up, is known there alone",
                todo="Put it back from a backup. Without one: Move the folder away, but keep pseudonym.key in it, and"
                " run again. Who was erased is there again then, and must be erased anew.",
            )
        secret = pseudonym_key(settings)
        there = {key_of(secret, "file", file.name) for file in listing.files}
        scratch = settings.model_copy(update={"warehouse": settings.work / "restored"})
        scratch.warehouse.mkdir(parents=True)
        with open_warehouse(scratch) as connection:
            if kept:
                try:
                    _restore(connection, kept, there)
                except duckdb.Error as error:
                    raise damaged(kept) if is_damage(error) else error from None  # the other file is new
        if kept is None:
            forget_kept(settings)
        put_aside = _take_place(settings, scratch.database)
    return Restored(put_aside, load(settings, progress=progress))


def _kept(settings: Settings) -> Path:
    path = path_of(settings)
    if not path.exists():
        raise UsageError(
            f"{path} is missing: what publications told of, and rows of files that are gone, are not known",
            todo="Put it back from a backup; or say --without-kept, and published figures may be told otherwise.",
        )
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach {literal(path)} as kept (read_only)")
    except duckdb.Error as error:
        raise cannot_open(path, error, settings) from None
    return path


def _restore(connection: duckdb.DuckDBPyConnection, kept: Path, there: set[str]) -> None:
    """Fills the new warehouse with what was kept."""
    connection.execute(f"attach {literal(kept)} as kept (read_only)")
    now = f"TIMESTAMP '{datetime.now(UTC).replace(tzinfo=None)}'"
    listed = given({"file_key": "VARCHAR"}, [(key,) for key in there])
    connection.begin()
    for table in tables_of(connection, "'kept'"):
        # What tells of another file alone an older version of this program kept as well.
        if not table.startswith("main.") and table not in _FILLED_APART and table not in OF_THE_FILE:
            _copy(connection, table)
    connection.execute(TOLD_BY_DIGEST)  # an older version may have kept it
    connection.execute("""
        create temp table history as
        select *, is_saved or loaded + quarantined = 0 as has_rows
        from (select *, load_id in (select load_id from kept.saved) as is_saved from kept.audit.loads) as loads
    """)
    # A file of which some rows are missing is read again as a whole; the loader finds here what was known of it, and
    # says whether it is gone. Of one that is gone now the rows that were saved stand, whatever becomes of the others.
    connection.execute(f"""
        insert into audit.former_loads by name
        select * exclude (is_saved, has_rows) from history
        where superseded_at is null
            and file_key in (select file_key from history where superseded_at is null and not has_rows)
            and (not is_saved or file_key in (select file_key from {listed}))
    """)
    # Of the rest, what has no rows any more was replaced meanwhile.
    connection.execute(f"""
        insert into audit.loads by name
        select * exclude (is_saved, has_rows) replace (
            case when has_rows then forgotten_at else coalesce(forgotten_at, {now}) end as forgotten_at
        )
        from history where load_id not in (select load_id from audit.former_loads)
    """)
    connection.execute("drop table history")
    for table in raw_tables():
        if f"raw.{table}" in tables_of(connection, "'kept'"):
            rows = f"from kept.raw.{table} where load_id in (select load_id from audit.loads)"
            connection.execute(f"insert into raw.{table} by name {rows}")
    connection.commit()
    connection.execute("detach kept")


def _copy(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    if table in tables_of(connection, "current_database()"):
        connection.execute(f"delete from {table}")
        connection.execute(f"insert into {table} by name from kept.{table}")
    else:
        connection.execute(f"create schema if not exists {table.partition('.')[0]}")
        connection.execute(f"create table {table} as from kept.{table}")


def _take_place(settings: Settings, made: Path) -> Path | None:
    """The new file in the place of the old one, which is put aside under a name of its own."""
    aside: Path | None = None
    if settings.database.exists():
        aside = settings.warehouse / f"warehouse.damaged-{datetime.now(UTC):%Y%m%dT%H%M%S}.duckdb"
        settings.database.rename(aside)
    settings.database.with_name("warehouse.duckdb.wal").unlink(missing_ok=True)
    made.rename(settings.database)
    return aside
