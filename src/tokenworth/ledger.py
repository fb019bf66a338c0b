"""The ledger: what was read of every file, and which reading is the current one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from tokenworth.landing import Known, LandedFile, Survey
from tokenworth.sources import all_sources


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
    lines_before: int = 0  # of a tail: lines of the file that were loaded earlier
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
        self._connection.execute(
            "update audit.loads set modified_ns = ?, extracted_at = ?"
            " where load_id = (select max(load_id) from audit.loads where file_key = ? and superseded_at is null)",
            [file.modified_ns, file.extracted_at, file_key],
        )

    def lines_before(self, file_key: str) -> int:
        """Lines of a file that its current parts hold."""
        (lines,) = self._connection.execute(
            "select coalesce(sum(lines), 0)::BIGINT from audit.loads where file_key = ? and superseded_at is null",
            [file_key],
        ).fetchall()[0]
        return int(lines)

    def write(self, readings: Sequence[Reading]) -> None:
        """Adds the readings and ends what they replace; to be called inside the batch's transaction."""
        whole = [[r.file_key] for r in readings if r.part == "whole"]
        if whole:
            self._connection.executemany(
                f"update audit.loads set superseded_at = TIMESTAMP '{self._seen_at}'"
                " where file_key = ? and superseded_at is null",
                whole,
            )
        self._connection.executemany(
            "insert into audit.loads values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, null)",
            [
                [
                    r.load_id, r.file.source.name, r.file_key, r.part, r.status, r.message or None,
                    r.file.size, r.file.modified_ns, r.survey.digest, r.survey.ends_with_newline, r.reader,
                    r.lines, r.loaded, r.duplicates, r.ignored, r.quarantined, r.unread_columns,
                    r.file.extracted_at, self._seen_at,
                ]
                for r in readings
            ],
        )  # fmt: skip

    def forget(self, older_than: datetime) -> None:
        """Removes rows of file versions that were replaced before `older_than`, and keeps their totals."""
        c = self._connection
        c.execute(
            "create or replace temp table expired as select load_id from audit.loads where superseded_at < ?",
            [older_than],
        )
        if not c.execute("select count(*) from expired").fetchall()[0][0]:
            return
        c.begin()
        for table in ["quarantine", *(t for s in all_sources().values() for t in s.tables)]:
            c.execute(f"delete from raw.{table} where load_id in (from expired)")
        c.commit()
