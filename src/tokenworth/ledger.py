"""The ledger: what was read of every file, and which reading is the current one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from tokenworth.landing import LandedFile
from tokenworth.sources import all_sources
from tokenworth.survey import Known, Survey
from tokenworth.warehouse import given, listed

_LONGEST = 2**62


@dataclass(frozen=True)
class Former(Known):
    """What a damaged warehouse knew of a reading of the file when it was so long."""

    load_id: int
    first_seen_at: datetime
    message: str
    lines: int
    loaded_lines: int
    duplicates: int
    ignored: int
    quarantined: int


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
    former: Former | None = None  # where this was read once before, into a warehouse that was damaged since

    def count_as_formerly(self) -> None:
        """Of days that were rolled up since there are no rows, but the ledger still says what was read."""
        then = self.former
        if then and (then.reader, then.lines, then.quarantined) == (self.reader, self.lines, self.quarantined):
            self.loaded, self.duplicates, self.ignored = then.loaded_lines, then.duplicates, then.ignored
            self.message = then.message

    def refuse(self, reason: str) -> None:
        """Nothing of the file is used: it counts as one line, and that line is quarantined."""
        self.status, self.message = "refused", reason
        self.lines = self.quarantined = 1
        self.loaded = self.duplicates = self.ignored = 0


_COLUMNS = {
    "load_id": "INTEGER",
    "source": "VARCHAR",
    "file_key": "VARCHAR",
    "part": "VARCHAR",
    "status": "VARCHAR",
    "message": "VARCHAR",
    "size_bytes": "BIGINT",
    "modified_ns": "BIGINT",
    "digest": "VARCHAR",
    "ends_with_newline": "BOOLEAN",
    "reader": "VARCHAR",
    "lines": "BIGINT",
    "loaded": "BIGINT",
    "duplicates": "BIGINT",
    "ignored": "BIGINT",
    "quarantined": "BIGINT",
    "unread_columns": "VARCHAR[]",
    "extracted_at": "TIMESTAMP",
    "first_seen_at": "TIMESTAMP",
}


class Ledger:
    def __init__(self, connection: duckdb.DuckDBPyConnection, seen_at: datetime) -> None:
        self._connection = connection
        self._seen_at = seen_at
        self._touched: list[tuple[str, LandedFile]] = []
        (last,) = connection.execute(
            "select coalesce(max(load_id), 0) from (select load_id from audit.loads union all"
            " select load_id from audit.former_loads)"
        ).fetchall()[0]
        self._last = int(last)
        # A number that was given before may be given again only as long as nothing was built of higher ones.
        self._numbers_are_free = not connection.execute(
            "select 1 from duckdb_tables() where table_name = 'int_usage_requests'"
        ).fetchall()
        self._former: dict[str, list[Former]] = {}
        for key, *rest in connection.execute(
            "select file_key, size_bytes, modified_ns, digest, ends_with_newline, reader, status = 'loaded',"
            " extracted_at, load_id, first_seen_at, coalesce(message, ''), lines, loaded, duplicates, ignored,"
            " quarantined from audit.former_loads order by load_id"
        ).fetchall():
            self._former.setdefault(key, []).append(Former(*rest))
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
        self._seen_since = {
            key
            for (key,) in connection.execute(
                f"select distinct file_key from audit.loads where first_seen_at > TIMESTAMP '{seen_at}'"
            ).fetchall()
        }

    def known(self, file_key: str) -> Known | None:
        return self._known.get(file_key)

    def seen_since(self, file_key: str) -> bool:
        """Whether a version of the file was seen after the time of this load: what came before it has no place."""
        return file_key in self._seen_since

    def former(self, file_key: str) -> list[Former]:
        """What a damaged warehouse knew of the file and what was not read again since, in order."""
        return self._former.get(file_key, [])

    def numbers(self, file_key: str) -> list[int]:
        """Numbers for the loads of a file: of those it had before, the same where that may be, and a new one."""
        former = self.former(file_key)
        numbers = [f.load_id for f in former] if self._numbers_are_free else [self._next() for _ in former]
        return [*numbers, self._next()]

    def _next(self) -> int:
        self._last += 1
        return self._last

    def touch(self, file_key: str, file: LandedFile) -> None:
        """The same bytes with a new time: nothing to read, but the export may count as a newer one."""
        self._touched.append((file_key, file))

    def write_touched(self) -> None:
        """Together, because a collector that keeps no times touches every file every day."""
        if not self._touched:
            return
        touched = given(
            {"file_key": "VARCHAR", "modified_ns": "BIGINT", "extracted_at": "TIMESTAMP"},
            [(key, file.modified_ns, file.extracted_at) for key, file in self._touched],
        )
        self._connection.execute(
            "update audit.loads set modified_ns = touched.modified_ns, extracted_at = touched.extracted_at"
            f" from {touched} as touched where loads.file_key = touched.file_key and superseded_at is null"
        )
        self._touched.clear()

    def write(self, readings: Sequence[Reading]) -> None:
        """Adds the readings and ends what they replace; to be called inside the batch's transaction."""
        self._connection.execute(
            f"update audit.loads set superseded_at = TIMESTAMP '{self._seen_at}' where superseded_at is null"
            f" and list_contains({listed(r.file_key for r in readings if r.part == 'whole')}::VARCHAR[], file_key)"
        )
        written = given(
            _COLUMNS,
            [
                (
                    r.load_id,
                    r.file.source.name,
                    r.file_key,
                    r.part,
                    r.status,
                    r.message or None,
                    r.former.size if r.former else r.file.size,
                    r.former.modified_ns if r.former else r.file.modified_ns,
                    r.survey.digest,
                    r.survey.ends_with_newline,
                    r.reader,
                    r.lines,
                    r.loaded,
                    r.duplicates,
                    r.ignored,
                    r.quarantined,
                    r.unread_columns,
                    r.former.extracted_at if r.former else r.file.extracted_at,
                    r.former.first_seen_at if r.former else self._seen_at,
                )
                for r in readings
            ],
        )
        self._connection.execute(f"insert into audit.loads by name from {written}")
        if self._former:
            self._settle_former(readings)

    def _settle_former(self, readings: Sequence[Reading]) -> None:
        """Of what is read again nothing is left to do; what another version replaces is over, and its rows are gone."""
        self._end_former(r.file_key for r in readings if r.part == "whole" and not r.former)
        done = given(
            {"file_key": "VARCHAR", "size": "BIGINT"},
            [(r.file_key, r.former.size if r.former else _LONGEST) for r in readings],
        )
        self._connection.execute(
            f"delete from audit.former_loads using {done} as done"
            " where former_loads.file_key = done.file_key and size_bytes <= size"
        )

    def give_up(self, present: Iterable[str]) -> list[str]:
        """Ends what a damaged warehouse knew of files that are gone from the landing zone: its rows are nowhere.

        `present` are the keys of all files that are there. Returns the keys of those that are lost.
        """
        lost = sorted(set(self._former) - set(present))
        if lost:
            self._connection.begin()
            self._end_former(lost)
            self._connection.execute(
                f"delete from audit.former_loads where list_contains({listed(lost)}::VARCHAR[], file_key)"
            )
            self._connection.commit()
        for key in lost:
            del self._former[key]
        return lost

    def _end_former(self, file_keys: Iterable[str]) -> None:
        over = f"TIMESTAMP '{self._seen_at}' as superseded_at, TIMESTAMP '{self._seen_at}' as forgotten_at"
        self._connection.execute(
            f"insert into audit.loads by name select * replace ({over}) from audit.former_loads"
            f" where list_contains({listed(file_keys)}::VARCHAR[], file_key)"
        )

    def forget(self, older_than: datetime) -> None:
        """Removes rows of file versions that were replaced before `older_than`, and keeps their totals.

        What was known while they were current cannot be rebuilt any more, and the ledger says so. Rows of which
        something is built stay until a build has seen what replaced them: it learns from them what to make anew.
        """
        c = self._connection
        expired = f"""
            superseded_at < TIMESTAMP '{older_than}' and forgotten_at is null and load_id not in (
                select was.load_id
                from audit.loads as was
                join audit.loads as newer on was.file_key = newer.file_key and was.load_id < newer.load_id
                where newer.part = 'whole' and was.superseded_at is not null
                group by was.load_id
                having min(newer.load_id) > (select load_id from audit.built_up_to)
            )
        """
        if not c.execute(f"select load_id from audit.loads where {expired} limit 1").fetchall():
            return
        c.begin()
        for table in ["quarantine", *(t for s in all_sources().values() for t in s.tables)]:
            c.execute(f"delete from raw.{table} where load_id in (select load_id from audit.loads where {expired})")
        c.execute(f"update audit.loads set forgotten_at = TIMESTAMP '{self._seen_at}' where {expired}")
        c.commit()
