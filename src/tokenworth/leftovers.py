"""What is deleted from a database stays in the free blocks of its file until they are written over.

Who deletes something that nobody may find any more does it in `nothing_left`. A note in the folder outlives a kill:
whoever holds the warehouse next removes what was left.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from tokenworth.errors import UsageError
from tokenworth.settings import Settings
from tokenworth.warehouse import write_anew


@contextmanager
def nothing_left(settings: Settings) -> Iterator[None]:
    """Afterwards what was deleted inside is in no byte of the warehouse, of the identities, or of what was made of
    them for analysts and for whoever reads checks; the next publication and check make those anew.

    The databases have to be closed again inside, by the holder of the warehouse.
    """
    note = _note(settings)
    due = note.exists()
    note.touch(mode=0o600)
    os.sync()
    try:
        yield
    except UsageError:  # nothing was deleted
        if not due:
            note.unlink()
        raise
    _remove(settings)


def remove_leftovers(settings: Settings) -> None:
    """Finishes what a kill interrupted, for whoever holds the warehouse. Where a file is damaged or the disk is full,
    that is for their own step to say, and what is left stays due."""
    if _note(settings).exists():
        try:
            _remove(settings)
        except (duckdb.Error, OSError):
            return


def _note(settings: Settings) -> Path:
    return settings.warehouse / ".leftovers"


def _remove(settings: Settings) -> None:
    for path in (settings.identities, settings.database):
        if path.exists():
            write_anew(path)
    shutil.rmtree(settings.warehouse / "restricted", ignore_errors=True)
    shutil.rmtree(settings.warehouse / "data_docs", ignore_errors=True)
    _note(settings).unlink(missing_ok=True)
