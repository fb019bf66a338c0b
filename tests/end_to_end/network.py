"""Runs the command line in a process of its own that may not speak to other machines, and notes whether it tried."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Python imports a module of this name before anything else.
_GUARD = """
import os, socket, sys

def guard(event, arguments):
    if event == "socket.connect" or event == "socket.sendto":
        made, address = arguments[0], arguments[1]
        if made.family == socket.AF_UNIX or str(address[0]) in ("127.0.0.1", "::1", "localhost"):
            return
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        address = arguments[0]
        if address is None or str(address) in ("127.0.0.1", "::1", "localhost", socket.gethostname()):
            return
    else:
        return
    with open(os.environ["ATTEMPTS"], "a") as attempts:
        attempts.write(f"{event} {address} by {sys.argv}\\n")
    raise OSError(101, "no network in this test")

sys.addaudithook(guard)
with open(os.environ["ATTEMPTS"], "a"):
    pass  # shows that the guard is on
"""


TOKENWORTH = str(Path(sys.executable).with_name("tokenworth"))


@dataclass(frozen=True)
class Ran:
    """What a program said and did."""

    code: int
    out: str
    err: str
    attempts: list[str] | None  # to reach another machine; None: nobody looked


def run_without_network(command: list[str], folder: Path, **environment: str) -> Ran:
    """Runs `command` in `folder`, without settings from outside.

    Attempts to reach another machine fail, and are kept.
    """
    guard = folder / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(_GUARD, "utf-8")
    attempts = guard / "attempts"
    done = subprocess.run(
        [*_of_its_own_network(), *command],
        cwd=folder,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("TOKENWORTH_")},
            "PYTHONPATH": os.pathsep.join([str(guard), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "ATTEMPTS": str(attempts),
            **environment,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,  # the machine may be busy with other things
    )
    tried = attempts.read_text("utf-8").splitlines() if attempts.exists() else None
    shutil.rmtree(guard)
    return Ran(done.returncode, done.stdout, done.stderr, tried)


def _of_its_own_network() -> list[str]:
    """Runs what follows in a network namespace without any interface, where this machine allows it."""
    prefix = ["unshare", "--net", "--map-root-user"]
    if shutil.which("unshare") is None:
        return []
    return prefix if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0 else []
