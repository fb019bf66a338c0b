"""The first pass over new files: their digest, their lines, and their plain bytes where they are packed.

It runs while the engine reads the batch before, which leaves a part of the processors idle.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Literal

from tokenworth.file_loader import shape
from tokenworth.identities import Pseudonyms
from tokenworth.landing import LandedFile
from tokenworth.ledger import Ledger, Reading
from tokenworth.parts import parts_of, take_for
from tokenworth.settings import Settings
from tokenworth.survey import Survey, UnopenedError, UnreadableError, survey
from tokenworth.unpacking import may_stay_packed, packed_path, unpack

# Files that are read together, at the most: each is named in the statement.
_FILES = 2000
# How many times its size a packed log unpacks to, about: by their packed sizes alone, thirteen million requests came
# together and took 6 GB of memory.
_UNPACKS_TO = 8

Pending = tuple[LandedFile, str]  # and the key of its name
_Surveyed = list[Reading] | Literal["postponed", "unchanged"]


class FirstPass:
    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        pseudonyms: Pseudonyms,
        reader: Callable[[LandedFile], str],
        *,
        reload: bool,
    ) -> None:
        """`reader` names the way in which a file is read; `reload` takes nothing of it as known."""
        self.settings = settings
        self.ledger = ledger
        self.pseudonyms = pseudonyms
        self.reader = reader
        self.reload = reload
        self.postponed = 0  # files in motion
        self.unchanged = 0  # files that only looked new

    def batches(self, pending: list[Pending]) -> Generator[tuple[list[Pending], list[Reading]]]:
        """Batches after one pass over the bytes of each file, made while the engine reads the batch before; files that
        are unchanged after all, or in motion, drop out."""
        begun: deque[tuple[list[Pending], list[Future[_Surveyed]]]] = deque()
        with ThreadPoolExecutor(self.settings.threads) as pool:
            try:
                for batch in [*_batches(pending, self.settings.batch_bytes, self.settings.threads), []]:
                    if batch:
                        self.pseudonyms.learn_names("file", [file.name for file, _ in batch])
                        numbered = [(file, key, self.ledger.numbers(key)) for file, key in batch]
                        begun.append((batch, [pool.submit(self._survey_one, *each) for each in numbered]))
                    if len(begun) == 2 or (begun and not batch):
                        found = [future.result() for future in begun[0][1]]
                        self.postponed += found.count("postponed")
                        self.unchanged += found.count("unchanged")
                        yield begun[0][0], [r for f in found if isinstance(f, list) for r in f]
                        begun.popleft()
            finally:
                pool.shutdown(cancel_futures=True)  # what was unpacked by then goes with the scratch folder

    def _survey_one(self, file: LandedFile, key: str, numbers: list[int]) -> _Surveyed:
        last, former, reader = self.ledger.known(key), self.ledger.former(key), self.reader(file)
        known = last if last and last.reader == reader and not self.reload else None
        scratch = self.settings.work / f"{numbers[-1]}.in"
        limit, borders = self.settings.unpacked_limit(file.size), [f.size for f in former]
        stays_packed = may_stay_packed(file)
        try:
            found = survey(file, known, None if stays_packed else scratch, limit, borders)
        except UnreadableError as error:
            scratch.unlink(missing_ok=True)
            if isinstance(error, UnopenedError) and (last or any(f.loaded for f in former)):
                return "postponed"  # what was read of it before stays
            unread = Survey(digest="" if isinstance(error, UnopenedError) else "unread")
            r = Reading(file, key, unread, numbers[-1], "whole", reader, scratch)
            if former and (former[-1].size, former[-1].modified_ns) == (file.size, file.modified_ns):
                take_for(r, former, numbers)
            r.refuse(str(error))
            return [r]
        if file.has_changed():
            scratch.unlink(missing_ok=True)
            return "postponed"
        if known and known.digest == found.digest and not former:
            self.ledger.touch(key, file)
            scratch.unlink(missing_ok=True)
            return "unchanged"
        r = Reading(file, key, found, numbers[-1], "whole", reader, scratch)
        r.message = found.cut and f"{found.cut}; what stands before the cut is loaded"
        try:
            if stays_packed and shape(r) == "lines" and not found.cut:
                r.engine_path = packed_path(scratch)
            elif stays_packed:
                unpack(file, scratch)
                found.readable = scratch
            parts = parts_of(r, former, numbers, begun=last is not None)
        except FileNotFoundError:  # taken away in this very moment
            return "postponed"
        before = parts[-1].former
        if before and (before.modified_ns, before.extracted_at) != (file.modified_ns, file.extracted_at):
            self.ledger.touch(key, file)
        return parts


def _batches(pending: list[Pending], limit: int, processors: int) -> Iterator[list[Pending]]:
    """Files of one source in runs of bounded size, so that a kill loses little and memory is bounded."""
    batch: list[Pending] = []
    size = 0
    for file, key in pending:
        other = bool(batch) and batch[0][0].source.name != file.source.name
        while batch and (other or len(batch) == _FILES or size + _unpacked(file) > limit):
            end = len(batch) if other else _even(batch, processors)
            yield batch[:end]
            batch = batch[end:]
            size = sum(_unpacked(left) for left, _ in batch)
        batch.append((file, key))
        size += _unpacked(file)
    if batch:
        yield batch


def _unpacked(file: LandedFile) -> int:
    return file.size * (_UNPACKS_TO if file.packed else 1)


def _even(batch: list[Pending], processors: int) -> int:
    """How many files of a batch are read now: a packed one is read by one processor, and the others would wait for it.

    Where two had three files, a seventh of loading was waiting for the third.
    """
    if len(batch) > processors and all(may_stay_packed(file) for file, _ in batch):
        return len(batch) - len(batch) % processors
    return len(batch)
