"""Which files there are in the landing zone, whose they are, and which are new or changed."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import xxhash
import zstandard

from tokenworth.errors import UsageError
from tokenworth.sources import all_sources
from tokenworth.sources.declare import Export, Source

BLOCK = 4 * 1024**2
SIDECAR = ".meta.json"


@dataclass(frozen=True)
class LandedFile:
    """A file of a declared export, as the folder lists it."""

    path: Path
    name: str  # relative to the landing zone, with / between folders
    source: Source
    export: Export
    captures: dict[str, str]
    size: int
    modified_ns: int
    extracted_at: datetime  # UTC, when the export was made

    @property
    def packed(self) -> bool:
        return self.name.endswith((".gz", ".zst"))

    @property
    def suffix(self) -> str:
        return Path(self.name.removesuffix(".gz").removesuffix(".zst")).suffix.lower()


@dataclass(frozen=True)
class UnreadFile:
    """A file that is left alone, and why."""

    name: str
    reason: str


@dataclass
class Listing:
    files: list[LandedFile] = field(default_factory=list)
    unread: list[UnreadFile] = field(default_factory=list)


def list_files(landing: Path, only: set[str] | None = None) -> Listing:
    """Lists the landing zone, in order of source and name; `only` names sources.

    Links that lead out of the zone, and links to folders, are refused: whoever may write there
    could otherwise have any file of this machine read.
    """
    if not landing.is_dir():
        raise UsageError(f"there is no landing zone at {landing}", todo="Name the folder with --landing.")
    root = landing.resolve()
    listing = Listing()
    sources = all_sources()
    rank = {name: position for position, name in enumerate(sources)}
    exports = [(source, export) for source in sources.values() for export in source.exports]
    for folder, subfolders, names in os.walk(landing):
        present = set(names)
        subfolders[:] = [s for s in subfolders if not _refused_link(Path(folder, s), landing, root, listing)]
        for file in sorted(present):
            if file.endswith(SIDECAR) and file.removesuffix(SIDECAR) in present:
                continue
            path = Path(folder, file)
            name = _readable(path.relative_to(landing).as_posix())
            if _refused_link(path, landing, root, listing) or not path.is_file():
                continue
            matches = ((s, e, e.pattern.fullmatch(name)) for s, e in exports)
            source, export, match = next(((s, e, m) for s, e, m in matches if m), (None, None, None))
            if source is None or export is None or match is None:
                listing.unread.append(UnreadFile(name, "no source reads a file of this name"))
            elif only is None or source.name in only:
                status = path.stat()
                extracted = _extracted_at(path, file + SIDECAR in present, status.st_mtime_ns)
                listing.files.append(
                    LandedFile(
                        path,
                        name,
                        source,
                        export,
                        match.groupdict(),
                        status.st_size,
                        status.st_mtime_ns,
                        extracted,
                    )
                )
    listing.files.sort(key=lambda f: (rank[f.source.name], f.name))
    listing.unread.sort(key=lambda f: f.name)
    return listing


def _refused_link(path: Path, landing: Path, root: Path, listing: Listing) -> bool:
    if not path.is_symlink():
        return False
    if path.is_file() and path.resolve().is_relative_to(root):
        return False
    reason = "a link to a folder" if path.is_dir() else "a link that leads out of the landing zone, or nowhere"
    listing.unread.append(UnreadFile(_readable(path.relative_to(landing).as_posix()), reason))
    return True


def _readable(name: str) -> str:
    """File names are bytes; what is not UTF-8 in them is shown as such."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _extracted_at(path: Path, has_sidecar: bool, modified_ns: int) -> datetime:
    if has_sidecar:
        try:
            said = json.loads(path.with_name(path.name + SIDECAR).read_text("utf-8"))["extracted_at"]
            at = datetime.fromisoformat(said)
            return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
        except (OSError, ValueError, KeyError, TypeError):
            pass  # an unreadable sidecar says nothing; the file's own time does
    return datetime.fromtimestamp(modified_ns / 1e9, UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class Known:
    """What the ledger says of a file's last reading, all its parts together."""

    size: int
    modified_ns: int
    digest: str
    ends_with_newline: bool
    reader: str
    loaded: bool  # and not refused
    extracted_at: datetime


@dataclass
class Survey:
    """One pass over a file's bytes: what it is now, and how that relates to what was known."""

    digest: str
    plain_size: int
    lines: int  # ended by a newline, and a last one without
    ends_with_newline: bool
    starts_with: bytes
    longest_line: int  # exact above a block's length, else an upper bound of one block
    grew_from: int = 0  # bytes that are already loaded, unchanged
    readable: Path = Path()  # plain bytes for the engine: the file itself, or unpacked
    warning: str = ""


class UnreadableError(Exception):
    """A file that cannot be read at all; the message says why."""


def survey(file: LandedFile, known: Known | None, scratch: Path, unpack_limit: int) -> Survey:
    """Reads a file once: digest and lines, and its plain bytes into `scratch` where it is packed.

    Raises UnreadableError where nothing of it can be used.
    """
    digest = xxhash.xxh3_128()
    counter = _Lines()
    growth = known.size if known and known.loaded and not file.packed and known.ends_with_newline else 0
    read, grew_from, warning = 0, 0, ""
    try:
        with file.path.open("rb") as raw:
            if not file.packed:
                for block in _blocks(raw, growth):
                    digest.update(block)
                    counter.add(block)
                    read += len(block)
                    if known and read == growth and digest.hexdigest() == known.digest:
                        grew_from = growth
                readable = file.path
            else:
                readable = scratch
                with scratch.open("wb") as out:
                    for block in _unpacked(raw, file.name, digest.update):
                        if (read := read + len(block)) > unpack_limit:
                            raise UnreadableError(f"unpacks to more than {unpack_limit:,} bytes")
                        counter.add(block)
                        out.write(block)
    except TruncatedError as cut:
        if not read:
            raise UnreadableError(str(cut)) from cut
        warning = f"{cut}; what stands before the cut is loaded"
    except OSError as error:
        raise UnreadableError(f"cannot be opened: {error.strerror}") from error
    return Survey(
        digest=digest.hexdigest(),
        plain_size=read,
        lines=counter.newlines + (1 if counter.open_line else 0),
        ends_with_newline=not counter.open_line,
        starts_with=counter.head,
        longest_line=counter.longest,
        grew_from=grew_from if grew_from < file.size else 0,
        readable=readable,
        warning=warning,
    )


def _blocks(raw: IO[bytes], border: int) -> Iterator[bytes]:
    """Blocks of a file, with a border between two of them at byte `border`."""
    left = border
    while block := raw.read(min(BLOCK, left) if left else BLOCK):
        left = max(left - len(block), 0)
        yield block


class TruncatedError(Exception):
    """A compressed file ends before its end."""


def _unpacked(raw: IO[bytes], name: str, seen: Callable[[bytes], None]) -> Iterator[bytes]:
    """Plain blocks of a packed file; `seen` gets the packed bytes."""
    if name.endswith(".zst"):
        yield from _unzstd(raw, seen)
        return
    unpacker, inside = zlib.decompressobj(wbits=31), False
    while block := raw.read(BLOCK // 4):
        seen(block)
        while block:
            try:
                plain = unpacker.decompress(block, BLOCK)
            except zlib.error as error:
                raise TruncatedError("the compressed data is damaged") from error
            inside = not unpacker.eof
            if plain:
                yield plain
            block = unpacker.unconsumed_tail
            if unpacker.eof:  # several members in one file are legal
                block, unpacker = unpacker.unused_data, zlib.decompressobj(wbits=31)
    if inside:
        yield unpacker.flush()
        if not unpacker.eof:
            raise TruncatedError("the compressed file is cut short")


def _unzstd(raw: IO[bytes], seen: Callable[[bytes], None]) -> Iterator[bytes]:
    unpacker, inside = zstandard.ZstdDecompressor().decompressobj(), False
    # It cannot be told to stop after so many bytes of output: small bites bound what one gives.
    while block := raw.read(4096):
        seen(block)
        while block:
            try:
                yield unpacker.decompress(block)
            except zstandard.ZstdError as error:
                raise TruncatedError("the compressed data is damaged") from error
            inside, block = not unpacker.eof, unpacker.unused_data
            if unpacker.eof:
                unpacker = zstandard.ZstdDecompressor().decompressobj()
    if inside:
        raise TruncatedError("the compressed file is cut short")


class _Lines:
    """Counts lines block by block, and finds out whether one is longer than a block."""

    def __init__(self) -> None:
        self.newlines = 0
        self.longest = 0
        self.head = b""
        self.open_line = False
        self._since_newline = 0

    def add(self, block: bytes) -> None:
        if len(self.head) < 4096:
            self.head += block[: 4096 - len(self.head)]
        found = block.count(b"\n")
        self.newlines += found
        if found:
            self.longest = max(self.longest, self._since_newline + block.index(b"\n"), len(block) if found > 1 else 0)
            self._since_newline = len(block) - block.rindex(b"\n") - 1
        else:
            self._since_newline += len(block)
        self.longest = max(self.longest, self._since_newline)
        self.open_line = not block.endswith(b"\n") if block else self.open_line
