"""The landing zone that is written: files under one folder, all of one age, and a tally of what is in them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import zstandard

from tokenworth.errors import UsageError


def refuse_used(out: Path, truth: Path) -> None:
    """Raises UsageError where `out` holds anything, or `truth` lies inside it."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is not an empty folder", todo="Name a folder that does not exist yet.")
    if truth.resolve().is_relative_to(out.resolve()):
        raise UsageError(f"the truth may not lie inside the landing zone, as {truth} does")


@dataclass(frozen=True)
class Summary:
    """What was written, and of what size the organisation is."""

    landing: Path
    truth: Path
    files: int
    bytes: int
    people: int
    requests: int
    total_tokens: int
    pull_requests: int
    issues: int

    def __str__(self) -> str:
        return (
            f"{self.landing}: {self.files:,} files, {self.bytes / 1e6:,.0f} MB; {self.people:,} people,"
            f" {self.requests:,} requests of {self.total_tokens:,} tokens, {self.pull_requests:,} pull requests,"
            f" {self.issues:,} issues. What is true of them: {self.truth}"
        )


@dataclass
class Written:
    """What a file holds: JSON lines, CSV records without the header, or elements of an array or page."""

    kind: str
    records: int
    broken: int = 0


class Zone:
    """Writes files by their names in the landing zone; what ends in .gz or .zst is packed."""

    def __init__(self, root: Path, modified: datetime) -> None:
        self.root = root
        self.files: dict[str, Written] = {}
        self._modified = modified
        self._folders: set[Path] = set()

    def write(self, kind: str, name: str, content: bytes, records: int, broken: int = 0) -> None:
        path = self.root / name
        if path.parent not in self._folders:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._folders.add(path.parent)
        if name.endswith(".gz"):
            content = gzip.compress(content, mtime=0)
        elif name.endswith(".zst"):
            content = zstandard.ZstdCompressor().compress(content)
        path.write_bytes(content)
        self.files[name] = Written(kind, records, broken)

    def lines(self, kind: str, name: str, lines: Sequence[str]) -> None:
        self.write(kind, name, ("\n".join(lines) + "\n").encode() if lines else b"", len(lines))

    def document(self, kind: str, name: str, value: object, records: int = 1, *, printed: bool = False) -> None:
        """One JSON document: a record, an array or a page that wraps one; on one line, or `printed` for people."""
        if printed:
            text = json.dumps(value, ensure_ascii=False, indent=2)
        else:
            text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        self.write(kind, name, f"{text}\n".encode(), records)

    def table(self, kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        records = 0
        for row in rows:
            writer.writerow(row)
            records += 1
        self.write(kind, name, text.getvalue().encode(), records)

    def records(self, kind: str) -> int:
        return sum(written.records for written in self.files.values() if written.kind == kind)

    def names(self, kind: str) -> list[str]:
        return [name for name, written in self.files.items() if written.kind == kind]

    def read(self, name: str) -> bytes:
        """The plain bytes of a file that is not packed."""
        return (self.root / name).read_bytes()

    def settle_written(self) -> int:
        """Gives the files that were written here their time of modification; returns their bytes on disk."""
        moment, size = self._modified.timestamp(), 0
        for name in self.files:
            path = self.root / name
            os.utime(path, (moment, moment))
            size += path.stat().st_size
        return size

    def settle(self) -> int:
        """Gives everything the same time of modification; returns the bytes on disk."""
        moment, size = self._modified.timestamp(), 0
        for folder, _, names in os.walk(self.root, topdown=False):
            for name in names:
                path = Path(folder, name)
                os.utime(path, (moment, moment))
                size += path.stat().st_size
            os.utime(folder, (moment, moment))
        return size
