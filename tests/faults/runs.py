"""Runs of the command line that are killed, and what they left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tokenworth.settings import Settings


class Place(NamedTuple):
    """A named step: before or after the n-th call of a function, `module:name`."""

    where: str
    when: str
    call: int = 1


@dataclass(frozen=True)
class Ended:
    killed: bool
    code: int | None  # None where it was killed
    seconds: float
    said: str


class Runs:
    """Starts commands in processes of their own; see `server`."""

    def __init__(self, folder: Path, *, without_dbt_tests: bool) -> None:
        self._said = folder / "said"
        self._without_dbt_tests = without_dbt_tests
        self.kills = 0
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.server"],
            cwd=Path(__file__).parents[2],
            env={name: value for name, value in os.environ.items() if not name.startswith("TOKENWORTH_")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._read() == "ready"

    def __call__(
        self, settings: Settings, *command: str, kill_after: float | None = None, place: Place | None = None
    ) -> Ended:
        """Runs a command of `tokenworth`, and kills it so many seconds after it began, or at a named step."""
        request: dict[str, Any] = {
            "arguments": list(command),
            "environment": environment(settings),
            "said": str(self._said),
            "kill_after": kill_after,
            "place": place,
            "without_dbt_tests": self._without_dbt_tests,
        }
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._read())
        self.kills += answer["killed"]
        return Ended(**answer, said=self._said.read_text("utf-8", errors="replace"))

    def finish(self, settings: Settings, *command: str) -> Ended:
        """Runs a command that must succeed."""
        ended = self(settings, *command)
        assert ended.code == 0, ended.said
        return ended

    def kill(self, settings: Settings, *command: str, at: Place) -> None:
        """Runs a command that must die at a named step: one that no run reaches tests nothing."""
        ended = self(settings, *command, place=at)
        assert ended.killed, f"{' '.join(command)} never came to {at}: {ended.said}"

    def stop(self) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(300)  # it is alone by then, and has nothing to do but to end

    def _read(self) -> str:
        assert self._server.stdout is not None
        return self._server.stdout.readline().strip()


def environment(settings: Settings) -> dict[str, str]:
    """What of the settings the tests choose, as the command line takes it."""
    given = {} if settings.key is None else {"TOKENWORTH_KEY": settings.key.get_secret_value()}
    return given | {
        "TOKENWORTH_LANDING": str(settings.landing),
        "TOKENWORTH_WAREHOUSE": str(settings.warehouse),
        "TOKENWORTH_MIN_GROUP": str(settings.min_group),
        "TOKENWORTH_BATCH_BYTES": str(settings.batch_bytes),
        "TOKENWORTH_THREADS": "2",
        "TOKENWORTH_MEMORY_LIMIT": "2GB",
    }
