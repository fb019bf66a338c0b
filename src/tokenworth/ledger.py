"""The ledger: what was read of every file, and which reading is the current one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from tokenworth.landing import LandedFile
from tokenworth.sources import all_sources
from tokenworth.survey import Known, Survey


@dataclass
class Reading:
    """One file about to become one row of `audit.loads`."""

    file: LandedFile
    file_key: str
    survey: Survey
    load_id: int
    part: str  # whole, or tail: only what came after the part that is loaded already
    reader: str
    engine_path: Path  # where the engine finds it, under a name of ours
    header_lines: int = 0  # lines that name columns, and are counted as ignored
    status: str = "loaded"
    message: str = ""
    lines: int = 0
    loaded: int = 0
    duplicates: int = 0
    ignored: int = 0
    quarantined: int = 0
    unread_columns: list[str] | None = None

    def refuse(self, reason: str) -> None:
        """Nothing of the file is used: it counts as one line, and that line is quarantined."""
        self.status, self.message = "refused", reason
        self.lines = self.quarantined = 1
        self.loaded = self.duplicates = self.ignored = 0


class Ledger:
    def __init__(self, connection: duckdb.DuckDBPyConnection, seen_at: datetime) -> None:
        self._connection = connection
        self._seen_at = seen_at
        self._touched: list[tuple[str, LandedFile]] = []
        (last,) = connection.execute("select coalesce(max(load_id), 0) from audit.loads").fetchall()[0]
        self._last = int(last)
        # The last part of a file knows its whole length and digest.
        self._known = {
            key: Known(*rest)
            for key, *rest in connection.execute(
                "select file_key, last(size_bytes order by load_id), last(modified_ns order by load_id),"
                " last(digest order by load_id), last(ends_with_newline order by load_id),"
                " last(reader order by load_id), bool_and(status = 'loaded'), last(extracted_at order by load_id)"
                " from audit.loads where superseded_at is null group by file_key"
            ).fetchall()
        }

    def known(self, file_key: str) -> Known | None:
        return self._known.get(file_key)

    def next_id(self) -> int:
        self._last += 1
        return self._last

    def touch(self, file_key: str, file: LandedFile) -> None:
        """The same bytes with a new time: nothing to read, but the export may count as a newer one."""
        self._touched.append((file_key, file))

    def write_touched(self) -> None:
        """Together, because a collector that keeps no times touches every file every day."""
        if not self._touched:
            return
        with self._given(
            "touched",
            {
                "file_key": [key for key, _ in self._touched],
                "modified_ns": [file.modified_ns for _, file in self._touched],
                "extracted_at": [file.extracted_at for _, file in self._touched],
            },
        ):
            self._connection.execute(
                "update audit.loads set modified_ns = touched.modified_ns, extracted_at = touched.extracted_at"
                " from touched where loads.file_key = touched.file_key and superseded_at is null"
            )
        self._touched.clear()

    def write(self, readings: Sequence[Reading]) -> None:
        """Adds the readings and ends what they replace; to be called inside the batch's transaction."""
        with self._given(
            "readings",
            {
                "load_id": [r.load_id for r in readings],
                "source": [r.file.source.name for r in readings],
                "file_key": [r.file_key for r in readings],
                "part": [r.part for r in readings],
                "status": [r.status for r in readings],
                "message": [r.message or None for r in readings],
                "size_bytes": [r.file.size for r in readings],
                "modified_ns": [r.file.modified_ns for r in readings],
                "digest": [r.survey.digest for r in readings],
                "ends_with_newline": [r.survey.ends_with_newline for r in readings],
                "reader": [r.reader for r in readings],
                "lines": [r.lines for r in readings],
                "loaded": [r.loaded for r in readings],
                "duplicates": [r.duplicates for r in readings],
                "ignored": [r.ignored for r in readings],
                "quarantined": [r.quarantined for r in readings],
                "unread_columns": [json.dumps(r.unread_columns) for r in readings],
                "extracted_at": [r.file.extracted_at for r in readings],
            },
        ):
            self._connection.execute(
                "update audit.loads set superseded_at = ? from readings where loads.file_key = readings.file_key"
                " and readings.part = 'whole' and superseded_at is null",
                [self._seen_at],
            )
            self._connection.execute(
                "insert into audit.loads by name select * replace (from_json(unread_columns, '[\"VARCHAR\"]')"
                " as unread_columns), ?::timestamp as first_seen_at from readings",
                [self._seen_at],
            )

    @contextmanager
    def _given(self, name: str, columns: dict[str, list[Any]]) -> Iterator[None]:
        """A table of values from Python: one statement for all of them, where each row would be one of its own."""
        self._connection.register(name, pd.DataFrame(columns))
        try:
            yield
        finally:
            self._connection.unregister(name)

    def forget(self, older_than: datetime) -> None:
        """Removes rows of file versions that were replaced before `older_than`, and keeps their totals."""
        c = self._connection
        expired = f"select load_id from audit.loads where superseded_at < TIMESTAMP '{older_than}'"
        if not c.execute(f"{expired} limit 1").fetchall():
            return
        c.begin()
        for table in ["quarantine", *(t for s in all_sources().values() for t in s.tables)]:
            c.execute(f"delete from raw.{table} where load_id in ({expired})")
        c.commit()
