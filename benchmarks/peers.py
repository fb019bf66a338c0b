"""Readers of transcripts that people use, each from its registry in a folder of its own, and what each finds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CCUSAGE = ("ccusage@20.0.24", "@ccusage/ccusage-linux-x64@20.0.24")
TOKENCUR = "tokencur==0.11.1"


@dataclass(frozen=True)
class Peer:
    """A program that reads a folder `projects` of transcripts; what it prints says how many tokens it found."""

    who: str
    command: Callable[[Path], list[str]]
    tokens: Callable[[str], int]

    def environment(self, home: Path) -> dict[str, str]:
        """`home` holds the transcripts, and whatever the peer itself keeps."""
        return {"CLAUDE_CONFIG_DIR": str(home), "HOME": str(home)}


def install(folder: Path) -> list[Peer]:
    """The peers that can be had here: ccusage where there is npm, tokencur where there is an index of packages."""
    peers = []
    npm, there = shutil.which("npm"), folder / "ccusage"
    if npm and _worked([npm, "install", "--silent", "--no-save", "--prefix", str(there), *CCUSAGE]):
        program = str(there / "node_modules" / ".bin" / "ccusage")
        peers.append(Peer("ccusage 20", lambda _: [program, "daily", "--offline", "--json"], _of_ccusage))
    there = folder / "tokencur"
    pip = [str(there / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", TOKENCUR]
    if _worked([sys.executable, "-m", "venv", str(there)]) and _worked(pip):
        report = [str(there / "bin" / "tokencur"), "report"]
        peers.append(Peer("tokencur 0.11", lambda projects: [*report, str(projects)], _of_tokencur))
    return peers


def _worked(command: list[str]) -> bool:
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def _of_ccusage(said: str) -> int:
    return int(json.loads(said)["totals"]["totalTokens"])


def _of_tokencur(said: str) -> int:
    """Of a table `model calls input output cache_read cache_write cost`, the four counters."""
    (table,) = re.findall(r"^model +calls .*\n((?:.+\n)+)", said, flags=re.MULTILINE)
    return sum(int(n.replace(",", "")) for line in table.splitlines() for n in line.split()[2:6])
