"""What happens to exports on their way, to any file of any source: each way leaves what they say as it was.

A company copies files twice, weekly and while they are being written; half of a file comes today and the rest
tomorrow; sorted, split, or without the lines that somebody thought were of no use.
"""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from tests.usage.roads import File, Line
from tests.zone import Zone

_EXPORTED = 1_770_000_000

Arrivals = list[list[tuple[str, str | bytes]]]  # what is put before each load: names and contents


def dropped(file: File, chance: random.Random) -> File:
    """Lines are lost that say nothing that others do not say better."""
    return replace(file, lines=[line for line in file.lines if not line.spare or chance.random() < 0.3])


def reordered(file: File, chance: random.Random) -> File:
    return replace(file, lines=chance.sample(list(file.lines), len(file.lines)))


def as_written(file: File, chance: random.Random) -> Arrivals:
    return [[(file.name, file.content(file.lines))]]


def duplicated(file: File, chance: random.Random) -> Arrivals:
    """Lines stand twice, but for those of a bill, and the file does under another name."""
    twice = [each for line in file.lines for each in [line] * (1 if file.is_bill else chance.choice((1, 2)))]
    again = (_another_name(file, "copy"), file.content(file.lines))
    if file.name_tells:
        again = (f"{file.name}.gz", gzip.compress(file.content(file.lines).encode()))
    return [[(file.name, file.content(twice))], [again]]


def truncated(file: File, chance: random.Random) -> Arrivals:
    """Copied while it was written: cut in the middle of a line, and whole the next time."""
    whole = file.content(file.lines)
    if len(whole) < 2:  # all of it was spare
        return as_written(file, chance)
    return [[(file.name, whole[: chance.randrange(1, len(whole))])], [(file.name, whole)]]


def split(file: File, chance: random.Random) -> Arrivals:
    """Over two files, some lines in both: of a bill, which was exported in parts, at the same time and none in both."""
    if not file.are_apart or file.name_tells:
        return as_written(file, chance)
    halves: tuple[list[Line], list[Line]] = ([], [])
    for line in file.lines:
        for half in chance.choice((halves[:1], halves[1:]) if file.is_bill else (halves[:1], halves[1:], halves)):
            half.append(line)
    pieces = [(_another_name(file, f"part-{n}"), file.content(half)) for n, half in enumerate(halves)]
    if not file.is_bill:
        return [[piece] for piece in pieces]
    # Of a bill, two files with the same content are one that was delivered twice.
    return [pieces] if pieces[0][1] != pieces[1][1] else as_written(file, chance)


def extended(file: File, chance: random.Random) -> Arrivals:
    cut = chance.randrange(len(file.lines) + 1)
    return [[(file.name, file.content(file.lines[:cut]))], [(file.name, file.content(file.lines))]]


_DELIVERIES = (as_written, duplicated, truncated, split, extended)


def named(files: Sequence[File], suffix: str, exported: int = 0) -> list[File]:
    """The same under other names, exported so many seconds after all others."""
    return [
        replace(file, name=str(path.with_name(f"{path.stem}-{suffix}{path.suffix}")), exported=exported)
        for file in files
        for path in [PurePosixPath(file.name)]
    ]


def deliver(zone: Zone, files: Sequence[File], chance: random.Random) -> None:
    """Puts and loads files, each mangled in its own ways, those of one day in any order."""
    days: list[list[tuple[str, str | bytes, int]]] = [[], []]
    for written in files:
        kept = dropped(written, chance) if chance.random() < 0.5 else written
        file = reordered(kept, chance) if chance.random() < 0.5 else kept
        arrivals = chance.choice(_DELIVERIES)(file, chance)
        # What came in one go may have been exported long before.
        late = len(arrivals) == 1 and chance.random() < 0.5
        for number, pieces in enumerate(arrivals):
            at = _EXPORTED + file.exported + number
            days[number + late] += [(name, content, at) for name, content in pieces]
    for day in days:
        for name, content, at in chance.sample(day, len(day)):
            zone.put(name, content, at=at)
        zone.load()


def _another_name(file: File, suffix: str) -> str:
    """One under which its source reads the file as well: of some, the file's own name is the session's."""
    path = PurePosixPath(file.name)
    if path.parts[0] in ("codex", "gemini_cli"):
        return str(path.parent / suffix / path.name)
    return str(path.with_name(f"{path.stem}-{suffix}{path.suffix}"))
