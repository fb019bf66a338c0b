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


class Parsed:
    """What dbt made of a project for a target and its variables: `kept` by an earlier run, or to be kept by `keep`."""

    def __init__(self, project: Path, target: str, database: str, variables: dict[str, object]) -> None:
        """`database` is the name that the engine gives to the file: relations are called by it."""
        asked = [version("dbt-core"), version("dbt-duckdb"), target, database, variables]
        self._folder = project / "target"
        self._project = _digest(project)
        self._file = (
            self._folder / f"parsed-{self._project}-{_short(json.dumps(asked, sort_keys=True).encode())}.msgpack"
        )

    def kept(self) -> Manifest | None:
        """As an earlier run left it, or None where none did."""
        from dbt.contracts.graph.manifest import Manifest
        from dbt.parser.manifest import extended_mashumuro_decoder

        try:
            manifest = Manifest.from_msgpack(self._file.read_bytes(), decoder=extended_mashumuro_decoder)
            # What models see as `graph`; dbt makes it when it has read the project.
            manifest.build_flat_graph()
            return manifest
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, AttributeError) as failure:  # dbt reads the project then
            log.debug("the parsed project in %s cannot be read: %s", self._file, failure)
            return None

    def keep(self, written: Path) -> None:
        """Keeps what dbt has `written` of the project, in place of what was kept of other versions of it."""
        if not written.exists():
            return
        new = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(exist_ok=True)
            new.write_bytes(written.read_bytes())
            new.replace(self._file)
            for old in self._folder.glob("parsed-*"):
                if not old.name.startswith(f"parsed-{self._project}-"):
                    old.unlink(missing_ok=True)
        except OSError as failure:  # an installation that others own: every warehouse then has dbt's own memory of it
            log.debug("the parsed project cannot be kept: %s", failure)


def _digest(project: Path) -> str:
    """Of all files that dbt reads."""
    found = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        relative = path.relative_to(project)
        if relative.parts[0] not in _WRITTEN and path.is_file():
            found.update(f"{relative}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
