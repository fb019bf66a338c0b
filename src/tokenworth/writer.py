"""One writer at a time: who it is, what it does, and what is said where the disk or a folder stops it.

A run writes its name into the lock and takes it out when it ends, whether well or with an error. A name that still
stands there, though nobody holds the lock, is of a run that was killed.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tokenworth.errors import TokenworthError, UsageError, WarehouseBusyError
from tokenworth.settings import Settings

DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)

# What state things are in when a step is stopped.
_STATE = {
    "load": "Files that were complete are in the warehouse, those in hand are not.",
    "build": "The marts are partly new and partly old; nothing was published, and the publication of before stays.",
    "check": "What this check found is not kept; the publication of before stays.",
    "publish": "The publication of before stays.",
}


@dataclass(frozen=True)
class Writer:
    """Who holds the warehouse, or held it when it was killed."""

    doing: str  # as in `run: build`
    process: int
    since: datetime  # UTC

    def __str__(self) -> str:
        return f"{self.doing}, process {self.process} since {self.since:%Y-%m-%d %H:%M:%S} UTC"


@dataclass
class _Lock:
    """An open lock, and what it is held for: a run and the step it is at, or a step alone."""

    handle: int
    steps: list[str]

    @contextmanager
    def step(self, step: str) -> Iterator[None]:
        self.steps.append(step)
        self._write_name()
        try:
            yield
        finally:
            self.steps.pop()
            self._write_name()

    def _write_name(self) -> None:
        with suppress(OSError):  # the name is a courtesy, and a full disk has no room for it
            said = {"doing": ": ".join(self.steps), "process": os.getpid(), "since": datetime.now(UTC).isoformat()}
            name = json.dumps(said).encode() if self.steps else b""
            os.pwrite(self.handle, name, 0)
            os.ftruncate(self.handle, len(name))


# Locks of this process by folder: those of whole runs, whose steps share them, and all.
_shared: dict[Path, _Lock] = {}
_held: dict[Path, _Lock] = {}


@contextmanager
def whole_run(settings: Settings, name: str = "run") -> Iterator[None]:
    """Holds the warehouse for all steps that follow inside: no other run gets in between two of them."""
    folder = settings.warehouse.resolve()
    with _locked(settings, name) as lock:
        _shared[folder] = lock
        try:
            yield
        finally:
            del _shared[folder]


@contextmanager
def sole_writer(settings: Settings, step: str = "a command") -> Iterator[None]:
    """Holds the warehouse's lock for a step.

    Raises WarehouseBusyError, which names the holder, instead of waiting blindly; UsageError where the folder cannot
    be written to, TokenworthError where its disk is full.
    """
    shared = _shared.get(settings.warehouse.resolve())
    with shared.step(step) if shared else _locked(settings, step):
        if shared:
            clear_scratch(settings)
        try:
            yield
        except OSError as error:
            if said := _explained(settings, error):
                raise said from error
            raise


@contextmanager
def _locked(settings: Settings, step: str) -> Iterator[_Lock]:
    try:
        settings.warehouse.mkdir(parents=True, exist_ok=True)
        handle = os.open(_path(settings), os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        if error.errno in DISK_FULL:
            raise disk_full(settings) from error
        raise UsageError(
            f"cannot write to the warehouse folder {settings.warehouse}: {error.strerror}",
            todo="Name a folder that this user may write to with --warehouse.",
        ) from error
    try:
        _take(handle)
    except BlockingIOError as error:
        holder = _read_name(handle) or os.pread(handle, 200, 0).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise WarehouseBusyError(
            f"another run is writing to {settings.warehouse} ({holder})",
            todo="Wait until it ends, or stop it; a stopped run leaves nothing half done.",
        ) from error
    lock, folder = _Lock(handle, []), settings.warehouse.resolve()
    _held[folder] = lock
    try:
        with lock.step(step):
            clear_scratch(settings)
            _finish_what_was_killed(settings)
            yield lock
    finally:
        clear_scratch(settings)
        del _held[folder]
        os.close(handle)


def _take(handle: int) -> None:
    """Takes the lock, or raises BlockingIOError where another run has it.

    Who looks whether anybody writes shares the lock for a moment. Where it can be shared no run has it, so it is asked
    for again: to give up after a few times once stopped a run of which every asking met `tokenworth status`.
    """
    patience = time.monotonic() + 10  # against one that was stopped while it looked
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > patience:
                raise
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        fcntl.flock(handle, fcntl.LOCK_UN)
        time.sleep(0.01)


def writing_now(settings: Settings) -> tuple[Writer | None, bool]:
    """Who is writing, and True; or who was when it was killed, and False. Nobody: None. Writes nothing."""
    try:
        handle = os.open(_path(settings), os.O_RDONLY)
    except OSError:
        return None, False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return _read_name(handle), False
    except BlockingIOError:
        return _read_name(handle), True
    finally:
        os.close(handle)


def _path(settings: Settings) -> Path:
    return settings.warehouse / ".lock"


def _read_name(handle: int) -> Writer | None:
    try:
        # Behind a shorter name the end of a longer one may stand, where a kill came before it was cut off.
        said, _ = json.JSONDecoder().raw_decode(os.pread(handle, 1000, 0).decode())
        since = datetime.fromisoformat(said["since"]).astimezone(UTC).replace(tzinfo=None)
        return Writer(str(said["doing"]), int(said["process"]), since)
    except (ValueError, KeyError, TypeError):
        return None


def _finish_what_was_killed(settings: Settings) -> None:
    from tokenworth.leftovers import remove_leftovers
    from tokenworth.rotation import finish_rotation  # which opens warehouses itself

    finish_rotation(settings)
    remove_leftovers(settings)


def clear_scratch(settings: Settings) -> None:
    """Empties the scratch folder: a killed run may have left unpacked exports there."""
    shutil.rmtree(settings.work, ignore_errors=True)
    with suppress(OSError):
        settings.work.mkdir(mode=0o700, parents=True, exist_ok=True)


def _explained(settings: Settings, error: OSError) -> TokenworthError | None:
    """What a person can do about a disk or a folder; nothing where it is neither."""
    if error.errno in DISK_FULL:
        return disk_full(settings)
    if error.errno in _CLOSED and error.filename is not None:
        return UsageError(
            f"cannot write to {error.filename}: {error.strerror}. {_state(settings)}".strip(),
            todo="Give this user the right to write there, then run again.",
        )
    return None


def disk_full(settings: Settings) -> TokenworthError:
    """Which disk is full, what state things are in, and what to do."""
    free, total, place = min(_room(settings))
    return TokenworthError(
        f"the disk is full: that of {place} has {free / 1e6:,.1f} of {total / 1e6:,.0f} MB left. {_state(settings)}",
        todo="Free some space there and run again: it goes on where it stopped.",
    )


def _room(settings: Settings) -> Iterator[tuple[int, int, str]]:
    """Bytes free and in all of each disk that a run writes to."""
    inside = ("", "tmp", "publications", "dbt", "restricted", "data_docs")
    for folder in [*(settings.warehouse / name for name in inside), Path(tempfile.gettempdir())]:
        with suppress(OSError):
            usage = shutil.disk_usage(folder)
            yield usage.free, usage.total, str(folder)
    yield 1 << 62, 1 << 62, str(settings.warehouse)


def disk_is_full(error: Exception | str) -> bool:
    said = str(error)
    return isinstance(error, OSError) or "No space left" in said or "enough free space" in said


def _state(settings: Settings) -> str:
    lock = _held.get(settings.warehouse.resolve())
    step = lock.steps[-1] if lock else ""
    return _STATE.get(step, "What was complete is kept.")
