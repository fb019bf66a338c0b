"""Loads the landing zone: one loader for every source, driven by its declaration.

A file is all in or not in at all. Small files share a transaction; a file that stops its batch is
read again alone, and one that cannot be read at all is refused with a reason while the others
load.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from tokenworth import reading as read
from tokenworth.identities import Pseudonyms, rebuild_identities
from tokenworth.intake import Intake
from tokenworth.landing import LandedFile, Listing, Survey, UnreadableError, list_files, survey
from tokenworth.ledger import Ledger, Reading
from tokenworth.masking import refresh_names
from tokenworth.settings import Settings
from tokenworth.sources.declare import Export
from tokenworth.sources.macros import macros
from tokenworth.warehouse import literal, open_warehouse, sole_writer

log = logging.getLogger(__name__)

# Raised when the same declaration would be read differently than before; files are then read again.
_READER = 1
# Files that are read together, at the most: each is named in the statement.
_FILES = 500


@dataclass
class LoadReport:
    """What a load did, in files and lines."""

    readings: list[Reading] = field(default_factory=list)
    unchanged: int = 0
    unread: int = 0  # files that no source reads, and links that are not followed
    postponed: int = 0  # files that were still being written


Progress = Callable[[int, int, str], None]  # files done, files to do, what was done last


def load(
    settings: Settings,
    *,
    sources: Iterable[str] | None = None,
    reload: bool = False,
    seen_at: datetime | None = None,
    progress: Progress = lambda done, to_do, what: None,
) -> LoadReport:
    """Loads every new or changed file, of all sources or of `sources` only.

    `seen_at` (UTC, default now) is when the ledger says the files were first seen; `reload` reads
    unchanged files again. Raises UsageError without a landing zone, TokenworthError where the
    warehouse cannot be written.
    """
    listing = list_files(settings.landing, set(sources) if sources is not None else None)
    seen_at = seen_at or datetime.now(UTC).replace(tzinfo=None)
    with sole_writer(settings), open_warehouse(settings) as connection:
        return _Loader(connection, settings, seen_at, reload, progress).run(listing, complete=sources is None)


class _Loader:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: Settings,
        seen_at: datetime,
        reload: bool,
        progress: Progress,
    ) -> None:
        self.c = connection
        self.settings = settings
        self.seen_at = seen_at
        self.reload = reload
        self.progress = progress
        self.pseudonyms = Pseudonyms(connection, settings)
        self.ledger = Ledger(connection, seen_at)
        self.intake = Intake(connection, self.pseudonyms, self.ledger)
        self.report = LoadReport()
        self.macros = macros(
            settings.tag_words,
            settings.jira_csv_date_format,
            settings.jira_csv_timezone,
            settings.keep_titles,
        )
        for signature, body in self.macros:
            connection.execute(f"create or replace temp macro {signature} as {body}")

    def run(self, listing: Listing, *, complete: bool) -> LoadReport:
        pending, done = self._pending(listing.files), 0
        for batch in _batches(pending, self.settings.batch_bytes):
            readings = self._survey(batch)
            self.pseudonyms.learn_names("file", [file.name for file, _ in batch])
            for export, shape, group in _grouped(readings):
                if shape == "refused":
                    for r in group:
                        self.intake.refuse(r)
                else:
                    self._load(export, shape, group)
            for r in readings:
                r.engine_path.unlink(missing_ok=True)
            self.report.readings += readings
            done += len(batch)
            self.progress(done, len(pending), batch[0][0].source.name)
        if complete:
            self._record_unread(listing)
        refresh_names(self.c, self.pseudonyms)
        rebuild_identities(self.c)
        self.ledger.forget(self.seen_at - timedelta(days=self.settings.retain_superseded_days))
        return self.report

    def _pending(self, files: list[LandedFile]) -> list[tuple[LandedFile, str]]:
        """Files, with their keys, whose size, time or reader differ from what the ledger knows."""
        pending = []
        for file in files:
            key = self.pseudonyms.key("file", file.name)
            known = self.ledger.known(key)
            if (
                known is None
                or self.reload
                or known.reader != self._reader(file.export)
                or (known.size, known.modified_ns) != (file.size, file.modified_ns)
            ):
                pending.append((file, key))
                continue
            self.report.unchanged += 1
            if known.extracted_at != file.extracted_at:
                self.ledger.touch(key, file)
        return pending

    def _reader(self, export: Export) -> str:
        """Names a way of reading: the declaration and the words it uses."""
        said = json.dumps([_READER, repr(export), self.macros, self.settings.max_line_bytes])
        return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()

    def _survey(self, batch: list[tuple[LandedFile, str]]) -> list[Reading]:
        """One pass over each file's bytes; files that are unchanged after all, or in motion, drop out."""
        readings = []
        for file, key in batch:
            reader = self._reader(file.export)
            known = self.ledger.known(key)
            if known and (known.reader != reader or self.reload):
                known = None
            load_id = self.ledger.next_id()
            scratch = self.settings.work / f"{load_id}.in"
            try:
                found = survey(file, known, scratch, self.settings.max_unpacked_bytes)
            except UnreadableError as error:
                r = Reading(file, key, Survey("", 0, 0, True, b"", 0), load_id, "whole", reader, scratch)
                r.refuse(str(error))
                readings.append(r)
                continue
            status = file.path.stat()
            if (status.st_size, status.st_mtime_ns) != (file.size, file.modified_ns):
                self.report.postponed += 1
            elif known and known.digest == found.digest:
                self.ledger.touch(key, file)
                self.report.unchanged += 1
            else:
                r = Reading(file, key, found, load_id, "whole", reader, scratch, message=found.warning)
                self._place(r)
                readings.append(r)
        return readings

    def _place(self, r: Reading) -> None:
        """Puts what is to be read where the engine finds it, under a name of ours.

        The file's own name may hold quotes, newlines or a glob, and would stand in error messages.
        """
        grew_from = r.survey.grew_from
        if grew_from and _shape(r) == "lines":
            r.part = "tail"
            r.lines_before = self.ledger.lines_before(r.file_key)
            r.survey.lines -= r.lines_before
            with r.file.path.open("rb") as whole, r.engine_path.open("wb") as tail:
                whole.seek(grew_from)
                shutil.copyfileobj(whole, tail, 4 * 1024**2)
        elif r.survey.readable != r.engine_path:
            r.engine_path.symlink_to(r.file.path.resolve())

    def _load(self, export: Export, shape: str, readings: list[Reading]) -> None:
        """Loads files of one shape together where that works, else one by one."""
        limit = self.settings.max_line_bytes
        if shape in ("lines", "document"):
            sound = [r for r in readings if r.survey.longest_line <= limit]
            try:
                doubtful = self._load_together(export, shape, sound) if sound else []
                readings = [r for r in readings if r not in sound or r in doubtful]
            except duckdb.Error as error:
                _reraise_if_not_the_files_fault(error)
                self._roll_back()
        for r in readings:
            try:
                self._load_alone(export, shape, r)
            except (duckdb.Error, UnreadableError) as error:
                if isinstance(error, duckdb.Error):
                    _reraise_if_not_the_files_fault(error)
                    self._roll_back()
                # What the engine says quotes the file's content.
                r.refuse(str(error) if isinstance(error, UnreadableError) else f"cannot be read as {shape}")
                self.intake.refuse(r)

    def _load_together(self, export: Export, shape: str, readings: list[Reading]) -> list[Reading]:
        """Loads what reads without trouble, and returns the files that want a careful reading."""
        paths = [r.engine_path for r in readings]
        self.intake.announce(readings)
        if shape == "document":
            self.intake.prepare(export, read.documents(export, paths))
            self.intake.commit(readings, {})
            return []
        self.intake.prepare(export, read.fast_lines(export, paths, max(r.survey.longest_line for r in readings)))
        troubled = self.intake.files_with_problems()
        self.intake.set_aside(troubled)
        clean = [r for r in readings if r.load_id not in troubled]
        self.intake.commit(clean, {} if export.units else {r.load_id: r.survey.lines for r in clean})
        return [r for r in readings if r.load_id in troubled]

    def _load_alone(self, export: Export, shape: str, r: Reading) -> None:
        path, limit = r.engine_path, self.settings.max_line_bytes
        totals: dict[int, int] = {}
        copy = path.with_suffix(".copy")
        try:
            if shape == "lines":
                read.careful_copy(path, copy, limit)
                r.engine_path = copy
                relation = read.numbered_lines(export, copy, limit)
                totals = {} if export.units else {r.load_id: r.survey.lines}
            elif shape == "array":
                relation = read.array(export, path, r.survey.longest_line)
            elif shape == "document":
                relation = read.documents(export, [path])
            else:
                relation = self._table(export, shape, r)
            self.intake.announce([r])
            self.intake.prepare(export, relation)
            if shape == "csv":
                self.intake.add_rejected_rows(r.load_id)
            self.intake.commit([r], totals)
        finally:
            r.engine_path = path
            copy.unlink(missing_ok=True)

    def _table(self, export: Export, shape: str, r: Reading) -> str:
        """SQL for a CSV or Parquet file, whatever the order and number of its columns."""
        if shape == "parquet":
            relation = f"read_parquet({literal(r.engine_path)})"
            present = [row[0] for row in self.c.execute(f"describe from {relation}").fetchall()]
            held = {name.lower(): [f'"{name.replace(chr(34), chr(34) * 2)}"'] for name in present}
            number = "row_number() over ()"
        else:
            if r.survey.longest_line > self.settings.max_line_bytes:
                raise UnreadableError("a line is longer than the limit")
            present, r.header_lines = read.csv_header(r.engine_path), 1
            relation = read.read_csv(r.engine_path, present, r.survey.longest_line)
            held = {}
            for position, name in enumerate(present):
                held.setdefault(name.lower(), []).append(f"c{position}")
            number = "row_number() over () + 1"
        known = {name.lower() for name in export.fields}
        r.unread_columns = sorted({name for name in present if name.lower() not in known})
        return read.table(export, held, relation, number, r.engine_path)

    def _roll_back(self) -> None:
        with suppress(duckdb.Error):
            self.c.rollback()

    def _record_unread(self, listing: Listing) -> None:
        """Keeps the list of files that nobody reads: none of them may go unnoticed."""
        self.report.unread = len(listing.unread)
        keys = self.pseudonyms.learn_names("file", [u.name for u in listing.unread])
        self.c.begin()
        self.c.execute("delete from audit.unrecognised_files")
        if listing.unread:
            self.c.executemany(
                "insert into audit.unrecognised_files values (?, ?)",
                [[keys[u.name], u.reason] for u in listing.unread],
            )
        self.c.commit()


def _batches(pending: list[tuple[LandedFile, str]], limit: int) -> Iterator[list[tuple[LandedFile, str]]]:
    """Files of one source in runs of bounded size, so that a kill loses little and memory is bounded."""
    batch: list[tuple[LandedFile, str]] = []
    size = 0
    for file, key in pending:
        if batch and (size + file.size > limit or len(batch) == _FILES or batch[0][0].source.name != file.source.name):
            yield batch
            batch, size = [], 0
        batch.append((file, key))
        size += file.size
    if batch:
        yield batch


def _grouped(readings: list[Reading]) -> list[tuple[Export, str, list[Reading]]]:
    """Readings that can be read together: of one export and shape; refused ones first, by themselves."""
    groups: dict[tuple[int, str], tuple[Export, str, list[Reading]]] = {}
    for r in readings:
        shape = "refused" if r.status == "refused" else _shape(r)
        groups.setdefault((id(r.file.export), shape), (r.file.export, shape, []))[2].append(r)
    return list(groups.values())


def _shape(r: Reading) -> str:
    return read.shape_of(r.file.suffix, r.survey.starts_with, r.survey.plain_size)


def _reraise_if_not_the_files_fault(error: duckdb.Error) -> None:
    if isinstance(error, duckdb.OutOfMemoryException | duckdb.InternalException | duckdb.FatalException) or (
        "No space left" in str(error) or "enough free space" in str(error)
    ):
        raise error
