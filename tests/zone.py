"""A small landing zone and its warehouse, and questions to ask of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from tokenworth.load import LoadReport, load
from tokenworth.settings import Settings
from tokenworth.warehouse import literal

# Long ago, so that a file put without a time never looks newer than one put with a time.
_LONG_AGO = 1_600_000_000

Row = tuple[Any, ...]


class Zone:
    def __init__(self, folder: Path, **settings: object) -> None:
        self.folder = folder
        self.landing = folder / "landing"
        self.landing.mkdir(exist_ok=True)
        self._reader: duckdb.DuckDBPyConnection | None = None
        self.set(**settings)

    def set(self, **settings: object) -> None:
        """Settings for the loads to come."""
        given = {"threads": 2, "memory_limit": "2GB", **settings}
        self.settings = Settings(landing=self.landing, warehouse=self.folder / "warehouse", **given)  # type: ignore[arg-type]

    def put(self, name: str | bytes, content: str | bytes, *, at: int = _LONG_AGO) -> Path:
        """Writes a file of the landing zone, last modified `at` (seconds since 1970)."""
        path = self.landing / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (at, at))
        return path

    def load(
        self, *, sources: Sequence[str] | None = None, seen_at: datetime | None = None, reload: bool = False
    ) -> LoadReport:
        self.close()
        return load(self.settings, sources=sources, seen_at=seen_at, reload=reload)

    def ask(self, query: str) -> list[Row]:
        """Rows of the warehouse, with the identities attached as `ids` and macros that look into them."""
        if self._reader is None:
            self._reader = c = duckdb.connect()
            c.execute("set TimeZone = 'UTC'")
            c.execute(f"attach {literal(self.settings.database)} as warehouse (read_only)")
            c.execute(f"attach {literal(self.settings.identities)} as ids (read_only)")
            c.execute("use warehouse")
            c.execute("create temp macro plain(k) as (select plain from ids.pseudonyms where key = k)")
            c.execute("create temp macro masked(k) as (select name from raw.names where name_key = k)")
        return self._reader.execute(query).fetchall()

    def close(self) -> None:
        """Lets go of the warehouse, so that it can be written."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def rows(self, table: str, *columns: str, where: str = "true", file: str = "") -> list[Row]:
        """Current rows of a raw table, sorted; of one file where asked. `plain(x_key)` shows what a key stands for."""
        current = f"select load_id from audit.loads where superseded_at is null and {_of(file)}"
        return self.ask(
            f"select {', '.join(columns)} from raw.{table} where load_id in ({current}) and {where} order by all"
        )

    def row(self, table: str, *columns: str, where: str = "true", file: str = "") -> Any:
        """The only such row; of one column, the only such value."""
        (found,) = self.rows(table, *columns, where=where, file=file)
        return found if len(columns) > 1 else found[0]

    def quarantine(self) -> list[Row]:
        """File, line, reason and excerpt of what was refused."""
        return self.ask(
            "select masked(file_key), line, reason, excerpt from raw.quarantine join audit.loads using (load_id)"
            " where superseded_at is null order by all"
        )

    def reasons(self, file: str = "") -> list[Row]:
        """Line and reason of what was refused."""
        return self.ask(
            "select line, reason from raw.quarantine join audit.loads using (load_id)"
            f" where superseded_at is null and {_of(file)} order by masked(file_key), line, reason"
        )

    def ledger(self, file: str = "") -> list[Row]:
        """For each current part of a file: lines, loaded, duplicates, ignored, quarantined."""
        return self.ask(
            "select lines, loaded, duplicates, ignored, quarantined from audit.loads"
            f" where superseded_at is null and {_of(file)} order by load_id"
        )

    def messages(self) -> list[Row]:
        """Names and messages of the files that were refused, or read in part."""
        return self.ask(
            "select name, status, message from audit.loads join raw.names on name_key = file_key"
            " where superseded_at is null and message is not null order by all"
        )

    def unread(self) -> list[Row]:
        """Files and links that were left alone, and why."""
        return self.ask(
            "select name, reason from audit.unrecognised_files as u"
            " join raw.names on name_key = u.file_key order by all"
        )

    def assert_balanced(self) -> None:
        """Every line is loaded, a duplicate, ignored or quarantined, and every quarantined one stands there."""
        wrong = self.ask(
            "select load_id from audit.loads as l where lines <> loaded + duplicates + ignored + quarantined"
            " or least(lines, loaded, duplicates, ignored, quarantined) < 0"
            " or quarantined <> (select count(*) from raw.quarantine as q where q.load_id = l.load_id)"
        )
        assert wrong == []

    def everything(self, *, but: Sequence[str] = ()) -> dict[str, list[Row]]:
        """All current rows of all raw tables by table, without what says when and as what they were loaded."""
        tables = self.ask(
            "select table_name from duckdb_tables() where database_name = 'warehouse' and schema_name = 'raw'"
            " and table_name not in ('prices', 'models', 'names', 'quarantine') order by all"
        )
        return {table: self.rows(table, "* exclude (load_id)") for (table,) in tables if table not in but}


def _of(file: str) -> str:
    """The condition that a load is of this file."""
    return f"plain(file_key) = {literal(file)}" if file else "true"
