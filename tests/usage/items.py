"""Items of work, what is asked of them, and how files are made of records."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tests.usage.reported import entry
from tests.usage.roads import File
from tests.work_exports import Json
from tests.zone import Row


@dataclass(frozen=True)
class Item:
    number: int
    done: bool
    updated: str = "2026-02-05T08:00:00Z"

    @property
    def at(self) -> str | None:
        return "2026-02-04T08:00:00Z" if self.done else None

    def before(self) -> Item:
        """As it stood in an earlier export, whichever of the two that was loaded first."""
        return replace(self, done=False, updated="2026-02-03T08:00:00Z")


@dataclass(frozen=True)
class Told:
    name: str
    write: Callable[[Sequence[Item]], list[File]]
    asks: str
    answers: Callable[[Item], list[Row]]
    # What else the same files tell.
    also: tuple[tuple[str, Callable[[Item], list[Row]]], ...] = ()
    # Whether an earlier export says less; of what never changes there is none.
    is_revised: bool = True


def array_of(name: str, records: Sequence[Json], *around: str) -> File:
    """A page, with as much around it as the vendor puts."""

    def whole(texts: Sequence[str]) -> str:
        page: object = [json.loads(text) for text in texts]
        for key in reversed(around):
            page = {key: page}
        return json.dumps(page, indent=1)

    return File(name, [entry(record) for record in records], whole=whole)


def lines_of(name: str, records: Sequence[Json], *, name_tells: bool = False) -> File:
    return File(name, [entry(record) for record in records], name_tells=name_tells)
