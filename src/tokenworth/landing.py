"""Which files there are in the landing zone, whose they are, and which are new or changed."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tokenworth.errors import UsageError
from tokenworth.sources import all_sources
from tokenworth.sources.declare import Export, Source

SIDECAR = ".meta.json"
# How the reason begins why a file or a folder is not read that may be readable tomorrow.
NOT_OPENED = "cannot be opened"
# A sidecar says one thing; what is longer is something else, and is not read into memory.
_LARGEST_SIDECAR = 64 * 1024
# Times without zone are UTC here, as everywhere in the warehouse.
_EPOCH, _EARLIEST, _LATEST = (datetime(year, 1, 1) for year in (1970, 2000, 2100))  # noqa: DTZ001
_LATEST_NS = (_LATEST - _EPOCH) // timedelta(microseconds=1) * 1000


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

    def has_changed(self) -> bool:
        """Whether it is no longer what was listed: still being written, or taken away."""
        try:
            status = self.path.stat()
        except OSError:
            return True
        return (status.st_size, _modified_ns(status)) != (self.size, self.modified_ns)

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
    could otherwise have any file of this machine read. Whatever is there and not read is listed
    with the reason.
    """
    if not landing.is_dir():
        raise UsageError(f"there is no landing zone at {landing}", todo="Name the folder with --landing.")
    zone = _Zone(landing)
    for folder, subfolders, names in os.walk(landing, onerror=zone.cannot_be_opened):
        subfolders[:] = [s for s in subfolders if not zone.is_refused_link(Path(folder, s))]
        present = set(names)
        for file in sorted(names):
            try:
                zone.add(Path(folder, file), has_sidecar=file + SIDECAR in present, only=only)
            except OSError as error:
                zone.cannot_be_opened(error)
    rank = {name: position for position, name in enumerate(all_sources())}
    zone.found.files.sort(key=lambda f: (rank[f.source.name], f.name))
    zone.found.unread.sort(key=lambda f: f.name)
    return zone.found


class _Zone:
    """What was found in a landing zone so far."""

    def __init__(self, landing: Path) -> None:
        self.found = Listing()
        self._landing = landing
        self._root = landing.resolve()
        self._exports = [(source, export) for source in all_sources().values() for export in source.exports]
        self._names: set[str] = set()

    def add(self, path: Path, *, has_sidecar: bool, only: set[str] | None) -> None:
        name = self._name(path)
        if self.is_refused_link(path):
            return
        if not path.is_file():
            self._leave(path, "not a file")
            return
        if name.endswith(SIDECAR):
            if not path.with_name(path.name.removesuffix(SIDECAR)).exists():
                self._leave(path, "it tells of a file that is not here")
            return
        if name in self._names:  # of two names that are not UTF-8, shown the same way
            self._leave(path, "another file's name reads the same")
            return
        self._names.add(name)
        matches = ((source, export, export.pattern.fullmatch(name)) for source, export in self._exports)
        source, export, match = next((found for found in matches if found[2]), (None, None, None))
        if source is None or export is None or match is None:
            self._leave(path, "no source reads a file of this name")
        elif only is None or source.name in only:
            status = path.stat()
            modified = _modified_ns(status)
            self.found.files.append(
                LandedFile(
                    path,
                    name,
                    source,
                    export,
                    match.groupdict(),
                    status.st_size,
                    modified,
                    self._extracted_at(path, modified, has_sidecar=has_sidecar),
                )
            )

    def is_refused_link(self, path: Path) -> bool:
        if not path.is_symlink() or self._leads_to_a_file_of_the_zone(path):
            return False
        leads = "to a folder" if path.is_dir() else "out of the landing zone, or nowhere"
        self._leave(path, f"a link that leads {leads}")
        return True

    def cannot_be_opened(self, error: OSError) -> None:
        path = Path(error.filename)
        if path == self._landing:
            raise UsageError(f"the landing zone {path} cannot be read: {error.strerror}") from error
        self._leave(path, f"{NOT_OPENED}: {error.strerror}")

    def _leads_to_a_file_of_the_zone(self, path: Path) -> bool:
        return path.is_file() and path.resolve().is_relative_to(self._root)

    def _leave(self, path: Path, reason: str) -> None:
        self.found.unread.append(UnreadFile(self._name(path), reason))

    def _name(self, path: Path) -> str:
        """File names are bytes; what is not UTF-8 in them is shown as such."""
        name = path.relative_to(self._landing).as_posix()
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")

    def _extracted_at(self, path: Path, modified_ns: int, *, has_sidecar: bool) -> datetime:
        said = self._sidecar_time(path.with_name(path.name + SIDECAR)) if has_sidecar else None
        return said or _EPOCH + timedelta(microseconds=modified_ns // 1000)

    def _sidecar_time(self, sidecar: Path) -> datetime | None:
        """The time in a sidecar; one that cannot be read says nothing, and the file's own time does."""
        if not self._leads_to_a_file_of_the_zone(sidecar):
            return None
        try:
            with sidecar.open(encoding="utf-8-sig") as file:
                at = datetime.fromisoformat(json.loads(file.read(_LARGEST_SIDECAR))["extracted_at"])
            at = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
            return None
        return at if _EARLIEST <= at < _LATEST else None


def _modified_ns(status: os.stat_result) -> int:
    # A clock that was far off may have left a time that no database can hold.
    return max(0, min(status.st_mtime_ns, _LATEST_NS))


def folder_accounts(listing: Listing) -> set[str]:
    """Accounts after which a folder of the landing zone is named, as in `claude_code/alice/…`."""
    named = {e.files.partition("/")[0] for s in all_sources().values() for e in s.exports if "/{account}/" in e.files}
    parts = (name.split("/") for name in [f.name for f in listing.files] + [u.name for u in listing.unread])
    return {part[1].strip().lower() for part in parts if part[0] in named and len(part) > 2}
