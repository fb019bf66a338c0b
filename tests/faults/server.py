"""Runs commands of `tokenworth`, each in a process of its own, and kills them where it is told to.

A program of its own: `python -m tests.faults.server`. It has imported by then all that takes seconds, so that a
command begins at once; a killed one is gone as one that the kernel or a person killed, with SIGKILL, mid-word.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import time
from functools import reduce
from pathlib import Path
from typing import Any

from tokenworth.errors import TokenworthError


def main() -> None:
    """Reads a request a line, as `runs.Runs` writes them, and answers each with a line."""
    _import_what_takes_long()
    print("ready", flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            _run(request)
        if (after := request["kill_after"]) is not None:
            _kill_after(child, after)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status)
        answer = {"killed": killed, "code": None if killed else os.WEXITSTATUS(status)}
        print(json.dumps(answer | {"seconds": time.monotonic() - began}), flush=True)


def _import_what_takes_long() -> None:
    for name in (
        "tokenworth.cli tokenworth.pipeline tokenworth.summary tokenworth.divergence.verdicts great_expectations"
        " expectations.data_docs expectations.datasource expectations.suites dbt.cli.main dbt.adapters.duckdb"
        " dbt.adapters.duckdb.connections dbt.task.build genai_prices pandas scipy.stats rich.progress"
    ).split():
        importlib.import_module(name)


def _kill_after(child: int, seconds: float) -> None:
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        # Left as it is, not waited for: its number must stay its own until it is known how it ended.
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
            return
        time.sleep(min(0.005, max(ends - time.monotonic(), 0)))
    os.kill(child, signal.SIGKILL)


def _run(request: dict[str, Any]) -> None:
    """In the child: becomes the command line of `tokenworth`."""
    said = os.open(request["said"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(said, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(Path(request["said"]).parent)
    os.environ.update(request["environment"])
    if request["place"]:
        _die_at(*request["place"])
    if request["without_dbt_tests"]:
        _build_without_tests()
    sys.argv = ["tokenworth", *request["arguments"]]
    code = 1
    try:
        _command(*request["arguments"])
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _command(name: str, *_: str) -> None:
    """The command line, or the last step of `tokenworth publish` alone, without the seconds of its checks."""
    if name == "publish alone":
        from tokenworth.publish import publish
        from tokenworth.settings import read_settings

        try:
            publish(read_settings())
        except TokenworthError as error:
            print(error)
            sys.exit(error.exit_code)
        return
    from tokenworth.cli import main as command_line

    command_line()


def _build_without_tests() -> None:
    """Half of a build's time, and they only read."""
    from tokenworth import build

    build.BUILD = ("build", "--exclude-resource-types", "unit_test", "test")


def _die_at(where: str, when: str, call: int) -> None:
    """Has the `call`-th call of a function kill the process, `before` it or `after` it; `where` is module:name."""
    module, _, path = where.partition(":")
    *owners, name = path.split(".")
    owner = reduce(getattr, owners, importlib.import_module(module))
    original = getattr(owner, name)
    calls = 0

    def dies(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        found = original(*given, **named)
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return found

    setattr(owner, name, dies)


if __name__ == "__main__":
    main()
