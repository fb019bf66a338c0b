"""One pass over a file's bytes: what it is now, and how that relates to what was known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

import xxhash

from tokenworth.landing import LandedFile
from tokenworth.unpacking import TruncatedError, plain_blocks
from tokenworth.writer import DISK_FULL

BLOCK = 1024**2
_HEAD = 4096


@dataclass(frozen=True)
class Known:
    """What the ledger says of a file's last reading, all its parts together."""

    size: int
    modified_ns: int
    digest: str  # empty where the file could not be opened
    ends_with_newline: bool
    reader: str
    loaded: bool  # and not refused
    extracted_at: datetime


@dataclass
class Survey:
    digest: str = ""
    plain_size: int = 0
    lines: int = 0  # ended by a newline, and a last one without
    blank_end: int = 0  # of them, empty ones at the very end
    ends_with_newline: bool = True
    starts_with: bytes = b""
    ends_with: bytes = b""  # but for white space
    longest_line: int = 0  # exact above a block's length, else an upper bound of one block
    grew_from: int = 0  # bytes that are already loaded, unchanged
    lines_before: int = 0  # lines in them
    readable: Path = Path()  # plain bytes for the engine: the file itself, or unpacked
    cut: str = ""  # why a packed file ends before its end
    earlier: dict[int, Survey] = field(default_factory=dict)  # by length: what it was when it ended there


class UnreadableError(Exception):
    """A file that cannot be read at all; the message says why."""


class UnopenedError(UnreadableError):
    """A file that cannot be opened just now: it may be tomorrow, with no change to the file."""


def survey(
    file: LandedFile, known: Known | None, scratch: Path | None, unpack_limit: int, borders: Iterable[int] = ()
) -> Survey:
    """Reads a file once: digest and lines, and its plain bytes into `scratch` where it is packed and one is given.

    `borders` are lengths that the file may have had before. Raises UnreadableError where nothing of it can be used.
    """
    digest = xxhash.xxh3_128()
    counter = _Lines()
    found = Survey(readable=scratch if scratch and file.packed else file.path)
    growth = known.size if known and known.loaded and not file.packed and known.ends_with_newline else 0
    try:
        with file.path.open("rb") as raw:
            if not file.packed:
                wanted = {growth, *borders}
                for block in _blocks(raw, wanted):
                    digest.update(block)
                    counter.add(block)
                    found.plain_size += len(block)
                    if found.plain_size in wanted:
                        then = Survey(digest.hexdigest(), found.plain_size, readable=file.path)
                        counter.describe(then)
                        found.earlier[found.plain_size] = then
            else:
                with scratch.open("wb") if scratch else nullcontext() as out:
                    for block in plain_blocks(raw, file.name, digest.update):
                        found.plain_size += len(block)
                        if found.plain_size > unpack_limit:
                            raise UnreadableError(f"unpacks to more than {unpack_limit:,} bytes")
                        counter.add(block)
                        if out:
                            out.write(block)
    except TruncatedError as cut:
        if not found.plain_size:
            raise UnreadableError(str(cut)) from cut
        found.cut = str(cut)
    except OSError as error:
        if error.errno in DISK_FULL:  # which is nobody's file's fault: it ends the run
            raise
        raise UnopenedError(f"cannot be opened: {error.strerror}") from error
    before = found.earlier.get(growth)
    if known and before and before.digest == known.digest and growth < file.size:
        found.grew_from, found.lines_before = growth, before.lines
    found.digest = digest.hexdigest()
    counter.describe(found)
    return found


def _blocks(raw: IO[bytes], borders: Iterable[int]) -> Iterator[bytes]:
    """Blocks of a file, with one that ends at each of the bytes `borders`."""
    at = 0
    for border in sorted(borders):
        while block := raw.read(min(BLOCK, border - at)):
            at += len(block)
            yield block
    while block := raw.read(BLOCK):
        yield block


class _Lines:
    """Counts lines block by block, and finds out whether one is longer than a block."""

    def __init__(self) -> None:
        self.newlines = 0
        self._head = b""
        self._end = b""
        self._longest = 0
        self._since_newline = 0

    def add(self, block: bytes) -> None:
        if not block:
            return
        if len(self._head) < _HEAD:
            self._head += block[: _HEAD - len(self._head)]
        self._end = (self._end + block[-_HEAD:])[-_HEAD:]
        found = len(block) - len(block.replace(b"\n", b""))  # in a third of the time that `count` takes, of long lines
        self.newlines += found
        if found:
            first, last = block.index(b"\n"), block.rindex(b"\n")
            self._longest = max(self._longest, self._since_newline + first, len(block) if found > 1 else 0)
            self._since_newline = len(block) - last - 1
        else:
            self._since_newline += len(block)
        self._longest = max(self._longest, self._since_newline)

    def describe(self, found: Survey) -> None:
        text = self._end.rstrip()
        open_line = bool(self._end) and not self._end.endswith(b"\n")
        found.lines = self.newlines + open_line
        found.blank_end = max(self._end[len(text) :].count(b"\n") - (not open_line), 0)
        found.ends_with_newline = not open_line
        found.starts_with = self._head
        found.ends_with = text[-1:]
        found.longest_line = self._longest
