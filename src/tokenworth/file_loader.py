"""Loads files of one export and one shape: together where that works, else one by one.

A file that stops the engine is read again alone, and one that cannot be read at all is refused
with a reason, while the others load.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import duckdb

from tokenworth import reading as read
from tokenworth.careful import careful_copy, careful_csv, csv_header, is_utf8
from tokenworth.intake import Intake
from tokenworth.ledger import Reading
from tokenworth.shapes import shape_of
from tokenworth.sources.declare import Export
from tokenworth.survey import UnreadableError
from tokenworth.unpacking import is_packed, unpack
from tokenworth.warehouse import literal


class FileLoader:
    def __init__(self, connection: duckdb.DuckDBPyConnection, intake: Intake, max_line_bytes: int) -> None:
        self._c = connection
        self._intake = intake
        self._limit = max_line_bytes

    def load(self, export: Export, shape: str, readings: list[Reading]) -> None:
        if shape == "refused":
            for r in readings:
                self._intake.refuse(r)
            return
        try:
            self._load(export, shape, readings)
        finally:
            self._intake.forget()

    def _load(self, export: Export, shape: str, readings: list[Reading]) -> None:
        if shape in ("lines", "document"):
            readings = self._load_sound(export, shape, readings)
            if packed := [r for r in readings if is_packed(r.engine_path)]:
                rest = [r for r in readings if not is_packed(r.engine_path)]
                readings = rest + self._load_sound(export, shape, _unpacked(packed))
        if shape == "lines" and len(readings) > 1:
            try:
                self._load_lines(export, readings)
                return
            except duckdb.Error as error:
                self._recover(error)
            except FileNotFoundError:  # one was taken away; which, will be seen
                pass
        for r in readings:
            try:
                self._load_alone(export, shape, r)
            except (duckdb.Error, UnreadableError, FileNotFoundError) as error:
                if isinstance(error, duckdb.Error):
                    self._recover(error)
                if r.file.has_changed():
                    r.status = "postponed"
                    continue
                # What the engine says quotes the file's content.
                r.refuse(str(error) if isinstance(error, UnreadableError) else read.why_not(r.engine_path, shape))
                self._intake.refuse(r)

    def _load_sound(self, export: Export, shape: str, readings: list[Reading]) -> list[Reading]:
        """Loads what reads without trouble; the others."""
        sound = [r for r in readings if r.survey.longest_line <= self._limit]
        try:
            done = self._load_together(export, shape, sound) if sound else set()
        except duckdb.Error as error:
            self._recover(error)
            return readings
        return [r for r in readings if r.load_id not in done]

    def _load_together(self, export: Export, shape: str, readings: list[Reading]) -> set[int]:
        """Loads what reads without trouble; the loads that are done. The others want a careful reading."""
        # The largest first: begun last, it would be read by one processor while the others have nothing left.
        paths = [r.engine_path for r in sorted(readings, key=lambda r: r.file.size, reverse=True)]
        self._intake.announce(readings)
        if shape == "document":
            self._intake.prepare(export, read.documents(export, paths))
            self._commit(readings, {})
            return {r.load_id for r in readings}
        longest = max(r.survey.longest_line for r in readings)
        self._intake.prepare(export, read.fast_lines(export, paths, longest))
        troubled = self._intake.files_with_problems()
        packed = {r.load_id: r.survey.lines - r.survey.blank_end for r in readings if is_packed(r.engine_path)}
        troubled |= self._intake.files_not_of(packed)
        self._intake.set_aside(troubled)
        clean = [r for r in readings if r.load_id not in troubled]
        self._commit(clean, _lines_of(export, shape, clean))
        return {r.load_id for r in clean}

    def _load_alone(self, export: Export, shape: str, r: Reading) -> None:
        path, longest = r.engine_path, min(r.survey.longest_line, self._limit)
        if shape == "csv":
            self._load_csv(export, r, longest)
        elif shape == "lines":
            self._load_lines(export, [r])
        elif shape == "array":
            if r.survey.ends_with != b"]":  # the engine does not mind where an array is cut between two elements
                raise UnreadableError(read.why_not(path, shape))
            self._take(export, shape, read.array(export, path, longest), [r])
        elif shape == "document":
            self._take(export, shape, read.documents(export, [path]), [r])
        else:
            described = f"describe from read_parquet({literal(path)}, hive_partitioning=false)"
            columns = {name: kind for name, kind, *_ in self._c.execute(described).fetchall()}
            r.unread_columns = read.unread_columns(export, list(columns))
            self._take(export, shape, read.parquet(export, path, columns), [r])

    def _load_lines(self, export: Export, readings: list[Reading]) -> None:
        """Files of lines in which something is wrong, from copies that nothing in them can stop or hide."""
        with ExitStack() as copies:
            for r in readings:
                path = r.engine_path
                careful_copy(path, copies.enter_context(_copied(r)), self._limit)
            longest = min(max(r.survey.longest_line for r in readings), self._limit)
            copied = [r.engine_path for r in readings]
            self._take(export, "lines", read.numbered_lines(export, copied, longest), readings)

    def _load_csv(self, export: Export, r: Reading, longest: int) -> None:
        """The engine reads a CSV file in which all is well; one row amiss, and it is read row by row."""
        if r.survey.cut:
            raise UnreadableError(r.survey.cut)  # a figure that was cut through would pass for a smaller one
        path = r.engine_path
        returns = r.survey.lines == 1 and not r.survey.ends_with_newline
        header = csv_header(path, self._limit, ends_in_returns=returns)
        r.unread_columns, r.header_lines = read.unread_columns(export, header), 1
        self._intake.announce([r])
        with suppress(duckdb.InvalidInputException):
            if is_utf8(path):
                self._intake.prepare(export, read.csv(export, path, header, longest))
                if not self._intake.files_with_problems():
                    self._commit([r], {})
                    return
        with _copied(r) as copy:
            longest = careful_csv(path, copy, len(header), self._limit, ends_in_returns=returns)
            self._take(export, "csv", read.numbered_csv(export, copy, header, longest), [r])

    def _take(self, export: Export, shape: str, relation: str, readings: list[Reading]) -> None:
        self._intake.announce(readings)
        self._intake.prepare(export, relation)
        self._commit(readings, _lines_of(export, shape, readings))

    def _commit(self, readings: list[Reading], lines: dict[int, int]) -> None:
        """Commits all but the files that changed while they were read; those come with the next load."""
        changed = [r for r in readings if r.file.has_changed()]
        for r in changed:
            r.status = "postponed"
        self._intake.set_aside({r.load_id for r in changed})
        still = [r for r in readings if r.status != "postponed"]
        if still:
            self._intake.commit(still, lines)

    def _recover(self, error: duckdb.Error) -> None:
        """Goes on after an error that is a file's fault; raises it where the machine is to blame."""
        said = str(error)
        if isinstance(error, duckdb.OutOfMemoryException | duckdb.InternalException | duckdb.FatalException) or (
            "No space left" in said or "enough free space" in said
        ):
            raise error
        with suppress(duckdb.Error):
            self._c.rollback()


def _lines_of(export: Export, shape: str, readings: list[Reading]) -> dict[int, int]:
    """Lines of each load, where the ledger counts lines and they were counted."""
    return {r.load_id: r.survey.lines for r in readings} if shape == "lines" and not export.units else {}


def _unpacked(readings: list[Reading]) -> list[Reading]:
    """Has the engine read the plain bytes of files that it was to read as they are packed: of those that are there."""
    for r in readings:
        packed, r.engine_path = r.engine_path, r.engine_path.with_suffix("")
        packed.unlink(missing_ok=True)
        try:
            unpack(r.file, r.engine_path)
        except FileNotFoundError:  # taken away meanwhile
            r.status = "postponed"
    return [r for r in readings if r.status != "postponed"]


@contextmanager
def _copied(r: Reading) -> Iterator[Path]:
    """Where a careful copy of a file is to be written, which the engine reads instead, meanwhile."""
    path = r.engine_path
    r.engine_path = path.with_suffix(".copy")
    try:
        yield r.engine_path
    finally:
        r.engine_path.unlink(missing_ok=True)
        r.engine_path = path


def shape(r: Reading) -> str:
    """The shape of a file, or `refused` where it is known by now that it cannot be read."""
    if r.status == "refused":
        return "refused"
    return shape_of(r.file.suffix, r.survey.starts_with, r.survey.plain_size, r.survey.lines - r.survey.blank_end)
