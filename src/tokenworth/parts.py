"""The parts in which a file is read: whole, from where it ended before, or as a damaged warehouse had read it.

What repeats is looked for within a part, and each part has the time at which it was first seen. So what a damaged
warehouse had read in parts is read in the same parts again: read at once, its ledger would not be what it was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tokenworth.file_loader import shape
from tokenworth.ledger import Former, Reading
from tokenworth.survey import BLOCK, Survey


def parts_of(whole: Reading, former: Sequence[Former], numbers: Sequence[int], *, begun: bool) -> list[Reading]:
    """Readings of a file that was surveyed, in order, each with what is to be read where the engine finds it.

    `former` is what a damaged warehouse had read and what is not read again yet, with as many `numbers` and one more;
    `begun` says that the ledger has readings of the file. Raises FileNotFoundError where it was taken away.
    """
    found = whole.survey
    if ends := _ends_of_the_same_parts(whole, former, begun=begun):
        parts, start = [], found.earlier[found.grew_from] if found.grew_from else None
        for f, number, end in zip(former, numbers, ends, strict=False):
            parts.append(_part(whole, start, end, number, f))
            start = end
        return parts if _ends_here(whole, former) else [*parts, _part(whole, start, found, numbers[-1])]
    if not former and found.grew_from and shape(whole) == "lines":
        return [_part(whole, found.earlier[found.grew_from], found, numbers[-1])]
    if former and _ends_here(whole, former) and _when(whole, former[-1]):
        take_for(whole, former, numbers)
    if found.readable != whole.engine_path:
        # The file's own name may hold quotes, newlines or a glob, and would stand in error messages.
        whole.engine_path.symlink_to(whole.file.path.resolve())
    return [whole]


def take_for(whole: Reading, former: Sequence[Former], numbers: Sequence[int]) -> None:
    """Marks a reading as that of the version which was read formerly, if in several parts."""
    whole.load_id = numbers[0]
    whole.former = replace(former[-1], first_seen_at=former[0].first_seen_at)


def _ends_of_the_same_parts(whole: Reading, former: Sequence[Former], *, begun: bool) -> list[Survey]:
    """Where the former parts of a file ended, if it is the same or has more lines now, and is read the same way."""
    ends = [end for f in former if (end := _when(whole, f))]
    goes_on = not _ends_here(whole, former)
    if not former or len(ends) < len(former) or (begun and not whole.survey.grew_from):
        return []
    if len(former) == 1 and not begun and not goes_on:
        return []  # there is nothing to put together
    is_same = (
        all(f.loaded and f.reader == whole.reader for f in former)
        and all(one.ends_with_newline and one.size < other.size for one, other in pairwise(former))
        and (not goes_on or (former[-1].ends_with_newline and shape(whole) == "lines"))
    )
    return ends if is_same else []


def _ends_here(whole: Reading, former: Sequence[Former]) -> bool:
    return bool(former) and former[-1].size == whole.file.size


def _when(whole: Reading, former: Former) -> Survey | None:
    """The file when it was so long; None where it did not begin like that."""
    then = whole.survey if former.size == whole.file.size else whole.survey.earlier.get(former.size)
    return then if then and then.digest == former.digest else None


def _part(whole: Reading, start: Survey | None, end: Survey, number: int, former: Former | None = None) -> Reading:
    """A reading of what stands between two lengths of a file."""
    path = whole.engine_path.with_name(f"{number}.in")
    found = replace(end, earlier={})
    if start:
        found.grew_from, found.lines_before, found.lines = start.plain_size, start.lines, end.lines - start.lines
    _copy(whole.file.path, path, found.grew_from, end.plain_size)
    part = "tail" if start else "whole"
    return replace(whole, survey=found, load_id=number, part=part, engine_path=path, former=former)


def _copy(source: Path, target: Path, start: int, end: int) -> None:
    with source.open("rb") as whole, target.open("wb") as part:
        whole.seek(start)
        left = end - start
        while left and (block := whole.read(min(left, 4 * BLOCK))):
            part.write(block)
            left -= len(block)
