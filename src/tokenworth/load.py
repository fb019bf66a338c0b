"""Loads the landing zone: one loader for every source, driven by its declaration.

A file is all in or not in at all. Small files share a transaction; a file that stops its batch is
read again alone, and one that cannot be read at all is refused with a reason while the others
load.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import duckdb

from tokenworth.errors import TokenworthError, UsageError
from tokenworth.file_loader import FileLoader, shape
from tokenworth.first_pass import FirstPass, Pending
from tokenworth.identities import Pseudonyms
from tokenworth.intake import Intake
from tokenworth.kept import keep
from tokenworth.landing import NOT_OPENED, LandedFile, Listing, folder_accounts, list_files
from tokenworth.ledger import Ledger, Reading
from tokenworth.masking import refresh_names
from tokenworth.remembered import begin, end
from tokenworth.settings import Settings
from tokenworth.sources import all_sources
from tokenworth.sources.declare import Export
from tokenworth.sources.macros import macros
from tokenworth.warehouse import given, literal, open_warehouse
from tokenworth.who_is_who import refresh_identities
from tokenworth.writer import sole_writer

# Raised when the same declaration would be read differently than before; files are then read again.
_READER = 4


@dataclass
class LoadReport:
    """What a load did, in files and lines."""

    readings: list[Reading] = field(default_factory=list)
    unchanged: int = 0
    unread: int = 0  # files that no source reads, and links that are not followed
    postponed: int = 0  # files that were still being written
    # Names of files that a rebuild was to read again and that are gone: their rows were in the damaged warehouse alone.
    lost: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Files and lines of this load, in the ledger's words."""
        words = ("lines", "loaded", "duplicates", "ignored", "quarantined")
        files = len({r.file_key for r in self.readings})
        return {"files": files} | {word: sum(getattr(r, word) for r in self.readings) for word in words}

    def assert_nothing_lost(self) -> None:
        """Raises TokenworthError, which says what is left to do, where files of a rebuild are gone."""
        if self.lost:
            raise TokenworthError(
                f"the warehouse is made anew, but {len(self.lost):,} files had vanished from the landing zone since the"
                " last load, and their rows were in the damaged file alone: " + ", ".join(self.lost[:5]),
                todo="Put these files back into the landing zone and run: tokenworth run",
            )


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

    `seen_at` (UTC, default now) is when the ledger says the files were first seen: an import of history
    sets it. `reload` reads unchanged files again. Raises UsageError without a landing zone, or for a time
    before one at which a changed file had been seen; TokenworthError where the warehouse cannot be written.
    """
    listing = list_files(settings.landing, set(sources) if sources is not None else None)
    now = datetime.now(UTC).replace(tzinfo=None)
    if seen_at is not None and seen_at > now:
        raise UsageError(f"{seen_at} (UTC) is yet to come: nothing can have been seen then")
    with sole_writer(settings, "load"), open_warehouse(settings) as connection:
        now = begin(connection, "load")
        report = _Loader(connection, settings, seen_at or now, reload=reload, progress=progress).run(
            listing, complete=sources is None
        )
        end(connection, "load")
    return report


def sources_to_load(settings: Settings) -> list[str]:
    """Names of the sources with files that are new, changed, or to be read in a new way.

    Also records which files no source reads, and keeps the rows of those that are gone, for whoever then loads source
    by source. Raises as `load` does, and where files are gone that a rebuild was to read: once, as they are then given
    up.
    """
    listing = list_files(settings.landing)
    with sole_writer(settings, "load"), open_warehouse(settings) as connection:
        loader = _Loader(connection, settings, datetime.now(UTC).replace(tzinfo=None))
        loader.record_unread(listing)
        loader.record_gone(listing)
        loader.report.assert_nothing_lost()
        pending = {file.source.name for file, _ in loader.pending(listing.files)}
    return [name for name in all_sources() if name in pending]


class _Loader:
    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        settings: Settings,
        seen_at: datetime,
        *,
        reload: bool = False,
        progress: Progress = lambda done, to_do, what: None,
    ) -> None:
        self.c = connection
        self.settings = settings
        self.seen_at = seen_at
        self.reload = reload
        self.progress = progress
        self.pseudonyms = Pseudonyms(connection, settings)
        self.ledger = Ledger(connection, seen_at)
        self.intake = Intake(connection, self.pseudonyms, self.ledger)
        self.files = FileLoader(connection, self.intake, settings.max_line_bytes)
        self.report = LoadReport()
        self.readers: dict[tuple[int, bool], str] = {}
        self.macros = macros(
            settings.tag_words,
            settings.jira_csv_date_format,
            settings.jira_csv_timezone,
            settings.keep_titles,
            settings.azure_devops_csv_date_format,
            settings.azure_devops_csv_timezone,
        )
        for signature, body in self.macros:
            connection.execute(f"create or replace temp macro {signature} as {body}")
        _try_out_dates(connection, settings)

    def run(self, listing: Listing, *, complete: bool) -> LoadReport:
        pending, done = self.pending(listing.files), 0
        self._assert_in_order(pending)
        # Whose folder a transcript was collected from is a login, even where no line of it counts.
        self.pseudonyms.learn_names("account", folder_accounts(listing))
        first_pass = FirstPass(self.settings, self.ledger, self.pseudonyms, self._reader, reload=self.reload)
        with closing(first_pass.batches(pending)) as batches:
            for batch, readings in batches:
                try:
                    self._read(readings)
                finally:
                    for r in readings:
                        r.engine_path.unlink(missing_ok=True)
                self.report.postponed += len({r.file_key for r in readings if r.status == "postponed"})
                self.report.readings += [r for r in readings if r.status != "postponed"]
                done += len(batch)
                self.progress(done, len(pending), batch[0][0].source.name)
        self.report.postponed += first_pass.postponed
        self.report.unchanged += first_pass.unchanged
        self.ledger.write_touched()
        if complete:
            self.record_unread(listing)
        self._refresh_names()
        refresh_identities(self.c)
        self.ledger.forget(self.seen_at - timedelta(days=self.settings.retain_superseded_days))
        if complete:
            self.record_gone(listing)
        else:
            keep(self.c, self.settings)
        return self.report

    def _read(self, readings: list[Reading]) -> None:
        """Each part of a file after the one before it: without that it would pass for all that there is."""
        stopped: set[str] = set()
        for export, kind, group in _grouped(readings):
            for r in group:
                if r.file_key in stopped:
                    r.status = "postponed"
            going_on = [r for r in group if r.file_key not in stopped]
            if going_on:
                self.files.load(export, kind, going_on)
            stopped |= {r.file_key for r in group if r.status != "loaded"}

    def pending(self, files: list[LandedFile]) -> list[Pending]:
        """Files, with their keys, whose size, time or reader differ from what the ledger knows."""
        pending = []
        for file in files:
            key = self.pseudonyms.key("file", file.name)
            known = self.ledger.known(key)
            if (
                known is None
                or self.reload
                or not known.digest
                or known.reader != self._reader(file)
                or (known.size, known.modified_ns) != (file.size, file.modified_ns)
            ):
                pending.append((file, key))
                continue
            self.report.unchanged += 1
            if known.extracted_at != file.extracted_at:
                self.ledger.touch(key, file)
        return pending

    def _assert_in_order(self, pending: list[Pending]) -> None:
        late = [key for _, key in pending if self.ledger.seen_since(key)]
        if late:
            raise UsageError(
                f"{len(late):,} changed files were seen after {self.seen_at} (UTC) already, {self._name(late[0])} among"
                " them;"
                " nothing was loaded",
                todo="Load the versions of a file in the order in which they were made, the oldest first.",
            )

    def _reader(self, file: LandedFile) -> str:
        """Names a way of reading: the declaration, and the words and limits it uses."""
        which = (id(file.export), file.packed)
        if which not in self.readers:
            s = self.settings
            limits = [s.max_line_bytes, [s.max_unpacked_bytes, s.max_unpacked_ratio] if file.packed else 0]
            said = json.dumps([_READER, repr(file.export), self.macros, limits])
            self.readers[which] = hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()
        return self.readers[which]

    def record_gone(self, listing: Listing) -> None:
        """Keeps rows of files that are gone, and says of which there are none.

        Where nothing is listed, or a folder could not be opened, what is not seen may be there tomorrow.
        """
        present = {self.pseudonyms.key("file", file.name) for file in listing.files}
        keep(self.c, self.settings, present=present)
        if not present or any(u.reason.startswith(NOT_OPENED) for u in listing.unread):
            return
        if lost := self.ledger.give_up(present):  # last: whatever stops a load before, the next one says it again
            self._refresh_names()  # a warehouse that was made anew has none yet
        self.report.lost = [self._name(key) for key in lost]

    def _refresh_names(self) -> None:
        refresh_names(self.c, self.pseudonyms, titles=self.settings.keep_titles)

    def _name(self, file_key: str) -> str:
        """A file's name that is fit for a log: its own may hold a login."""
        query = f"select name from raw.names where name_key = {literal(file_key)}"
        return next((str(name) for (name,) in self.c.execute(query).fetchall()), file_key)

    def record_unread(self, listing: Listing) -> None:
        """Keeps the list of files that nobody reads: none of them may go unnoticed."""
        self.report.unread = len(listing.unread)
        keys = self.pseudonyms.learn_names("file", [u.name for u in listing.unread])
        self.c.begin()
        self.c.execute("delete from audit.unrecognised_files")
        if listing.unread:
            unread = given(
                {"file_key": "VARCHAR", "reason": "VARCHAR"}, [(keys[u.name], u.reason) for u in listing.unread]
            )
            self.c.execute(f"insert into audit.unrecognised_files from {unread}")
        self.c.commit()


def _grouped(readings: list[Reading]) -> list[tuple[Export, str, list[Reading]]]:
    """Readings that can be read together: of one export and shape, and of a file one at a time, in order."""
    groups: dict[tuple[int, int, str], tuple[Export, str, list[Reading]]] = {}
    parts: Counter[str] = Counter()
    for r in readings:
        kind = shape(r)
        parts[r.file_key] += 1
        groups.setdefault((parts[r.file_key], id(r.file.export), kind), (r.file.export, kind, []))[2].append(r)
    return [groups[key] for key in sorted(groups, key=lambda key: key[0])]


def _try_out_dates(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """A setting that no date can be read with would refuse every CSV of a tracker with a riddle."""
    zone, form = "timezone({}, TIMESTAMP '2026-01-01')", "strptime(strftime(now(), {0}), {0})"
    tries = {
        "jira_csv_timezone": (zone, settings.jira_csv_timezone),
        "jira_csv_date_format": (form, settings.jira_csv_date_format),
        "azure_devops_csv_timezone": (zone, settings.azure_devops_csv_timezone),
        "azure_devops_csv_date_format": (form, settings.azure_devops_csv_date_format),
    }
    for name, (expression, value) in tries.items():
        try:
            connection.execute(f"select {expression.format(literal(value))}")
        except duckdb.Error as error:
            raise UsageError(f"unreadable configuration: {name}: {value!r} is not one the engine knows") from error
