"""The careful way of reading a file of lines or a CSV file in which something is wrong.

The engine stops at what it cannot read, or drops it unseen. Here such a file is copied first, so
that no line of it can do either: what is broken is marked, and every line keeps its number. Only
files in which the fast way met trouble come here.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from tokenworth.survey import BLOCK, UnreadableError

csv.field_size_limit(2**31 - 1)  # lines have a limit of their own

# What stands in a copy for a line that is too long or not UTF-8. Control characters cannot stand
# in JSON, so no good line looks like these.
TOO_LONG, NOT_UTF8 = "\x01long\x01", "\x01utf-8\x01"
NUMBERED = "\x02"
_SHOWN = 400  # bytes of a broken line that are kept, to be redacted

# Whatever of these stands in a line of JSON makes it invalid, and some of them stop the engine.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r"))
_PLAIN = bytes.maketrans(_CONTROLS + b"\r", b"\x01" * len(_CONTROLS) + b" ")


def careful_copy(path: Path, copy: Path, limit: int) -> None:
    """Copies a file of JSON lines, each behind its number and a `NUMBERED`.

    A carriage return, which the engine takes for a newline, becomes a space.
    """
    with path.open("rb") as raw, copy.open("w", encoding="utf-8", newline="\n") as out:
        for number, line in enumerate(_lines(raw, limit), start=1):
            out.write(f"{number}{NUMBERED}{line}\n")


def _lines(raw: IO[bytes], limit: int) -> Iterator[str]:
    """Lines without their ends; one of more than `limit` bytes, or not UTF-8, is marked."""
    if raw.read(3) != codecs.BOM_UTF8:
        raw.seek(0)
    while part := raw.readline(limit + 1):
        line = part.removesuffix(b"\n").removesuffix(b"\r").translate(_PLAIN)
        if len(line) > limit:
            yield TOO_LONG
            while part and not part.endswith(b"\n"):
                part = raw.readline(BLOCK)
            continue
        try:
            yield line.decode()
        except UnicodeDecodeError:
            yield NOT_UTF8 + line[:_SHOWN].decode(errors="replace")


def careful_csv(path: Path, copy: Path, width: int, limit: int, *, ends_in_returns: bool) -> int:
    """Copies the rows below a CSV file's header as JSON lines: number, cells, and what is broken and why.

    A row that does not fit gives up its first line only, and reading goes on with the next one:
    behind a quote that nobody closed the other rows are still good. Returns the longest line's length.
    """
    longest = 0
    with _opened(path, ends_in_returns) as raw, copy.open("wb") as out:
        lines = _Rewindable(_lines(raw, limit), limit)
        rows = _rows(lines)
        next(rows)
        while True:
            lines.forget()
            broken, cells = "", list[str]()
            try:
                cells = next(rows)
            except StopIteration:
                break
            except csv.Error:
                broken = "a quote is not closed, or text follows one that is"
            broken = lines.broken() or broken
            if not broken and not cells:
                continue  # an empty line
            while len(cells) > width and not cells[-1]:
                cells.pop()  # commas behind the last cell, which the engine does not mind either
            if not broken and len(cells) != width:
                broken = f"the row has {'more' if len(cells) > width else 'fewer'} cells than the header"
            number, first = lines.given[0]
            row: dict[str, object] = {"number": number, "cells": cells}
            if broken:
                row = {"number": number, "broken": broken, "text": first[:_SHOWN]}
                lines.rewind()
                rows = _rows(lines)
            said = json.dumps(row, ensure_ascii=False).encode() + b"\n"
            longest = max(longest, len(said))
            out.write(said)
    return longest


def _rows(lines: Iterator[str]) -> Iterator[list[str]]:
    return csv.reader(lines, strict=True, skipinitialspace=True)


class _Rewindable:
    """Numbered lines, of which those given since the last `forget` can be had again."""

    def __init__(self, lines: Iterator[str], limit: int) -> None:
        self.given: list[tuple[int, str]] = []
        self._limit = limit
        self._lines = enumerate(lines, start=1)
        self._again: list[tuple[int, str]] = []
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        numbered = self._again.pop() if self._again else next(self._lines)
        self.given.append(numbered)
        self._length += len(numbered[1])
        if self._length > self._limit:
            raise csv.Error
        return numbered[1] + "\n"

    def forget(self) -> None:
        self.given, self._length = [], 0

    def broken(self) -> str:
        """What was broken in the given lines before anybody looked for cells in them."""
        if any(TOO_LONG in line for _, line in self.given):
            return "the line is longer than the limit"
        if self._length > self._limit:
            return "the row is longer than the limit"
        return "the line is not UTF-8" if any(NOT_UTF8 in line for _, line in self.given) else ""

    def rewind(self) -> None:
        """Gives back all lines but the first."""
        self._again += reversed(self.given[1:])


def csv_header(path: Path, limit: int, *, ends_in_returns: bool) -> list[str]:
    """The header of a CSV file. Raises UnreadableError where there is none."""
    with _opened(path, ends_in_returns) as raw:
        lines = _Rewindable(_lines(raw, limit), limit)
        try:
            header = next(_rows(lines), [])
        except csv.Error as error:
            raise UnreadableError("the header cannot be read") from error
        if lines.broken():
            raise UnreadableError(f"the header cannot be read: {lines.broken()}; save the file as UTF-8 CSV")
    if not any(name.strip() for name in header):
        raise UnreadableError("there is no header")
    return [name.strip() for name in header]


@contextmanager
def _opened(path: Path, ends_in_returns: bool) -> Iterator[IO[bytes]]:
    """The bytes of a CSV file; of one as old spreadsheets wrote it, with newlines where it has returns."""
    with path.open("rb") as file:
        yield io.BytesIO(file.read().replace(b"\r", b"\n")) if ends_in_returns else file


def is_utf8(path: Path) -> bool:
    """Whether all of a file is UTF-8.

    Where a cell behind a column that nobody reads is not, the engine takes its own message for a fault of its own, and
    gives up the whole database: one table saved in another encoding stopped every load.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        try:
            while block := raw.read(BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
