"""The dbt project as dbt has read it, kept beside the project.

Reading it takes dbt a dozen seconds, a third of the first build of a warehouse, and what comes of it is the same for
every warehouse. dbt's own memory of it serves one warehouse only, because the path of the database is part of its key.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

log = logging.getLogger(__name__)

# What dbt writes into the project's folder itself.
_WRITTEN = ("target", "logs")
# Whose macros are read with the project's, and who reads them.
_READERS = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb")


class Parsed:
    """What dbt makes of a project for a target and its variables: `kept` by an earlier run, or to be kept by `keep`."""

    def __init__(self, project: Path, target: str, database: str, variables: dict[str, object], written: Path) -> None:
        """`database` is the name that the engine gives to the file: relations are called by it. dbt will have `written`
        what it made of the project."""
        # The place, too: seeds are read from where they were when the project was.
        asked = [*map(version, _READERS), target, database, variables, str(project.resolve())]
        self._project, self._folder = project, project / "target"
        self._read = _digest(project)
        asked_for = hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
        self.name = f"parsed-{self._read}-{asked_for}"  # of all that it is made from
        self._file = self._folder / self.name
        self._written, self._of_before = written, _state(written)

    def kept(self) -> Manifest | None:
        """As an earlier run left it, or None where none did."""
        try:
            checksum, content = self._file.read_bytes().split(b"\n", 1)
        except (OSError, ValueError):
            return None
        manifest = _manifest(content) if checksum == _checksum(content) else None
        if manifest is None:
            log.debug("the parsed project in %s is damaged", self._file)
            return None
        # What models see as `graph`; dbt makes it when it has read the project.
        manifest.build_flat_graph()
        return manifest

    def keep(self) -> None:
        """Keeps what dbt has written of the project, in place of what was kept of other versions of it.

        Where dbt gave up, what an earlier run wrote still stands there, or as much as a full disk had room for.
        What was edited while dbt read may be in it or not.
        """
        if _state(self._written) in (None, self._of_before) or _digest(self._project) != self._read:
            return
        content = self._written.read_bytes()
        if _manifest(content) is None:
            return
        new = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(exist_ok=True)
            new.write_bytes(_checksum(content) + b"\n" + content)
            new.replace(self._file)
            for old in self._folder.glob("parsed-*"):
                if not old.name.startswith(f"parsed-{self._read}-"):
                    old.unlink(missing_ok=True)
        except OSError as failure:  # an installation that others own: every warehouse then has dbt's own memory of it
            log.debug("the parsed project cannot be kept: %s", failure)


def _manifest(content: bytes) -> Manifest | None:
    """What dbt wrote, or None where it is not whole."""
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    try:
        return Manifest.from_msgpack(content, decoder=extended_mashumuro_decoder)
    except ValueError:
        return None


def _digest(project: Path) -> str:
    """Of all files that dbt reads."""
    found = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project)
        if relative.parts[0] not in _WRITTEN and path.is_file():
            found.update(f"{relative}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _state(written: Path) -> tuple[int, int] | None:
    """Changes whenever the file is written."""
    if not written.exists():
        return None
    found = written.stat()
    return found.st_mtime_ns, found.st_size


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
