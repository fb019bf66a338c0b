"""A load that is killed where it hurts: the next one ends with the same tables as one that was left in peace."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.exports import csv_text, json_lines, spend_log, transcript_line
from tests.work_exports import commit
from tests.zone import Zone

_KEY = "a key for tests only"
_FILES = {
    "claude_code/ada/projects/-home-ada-shop/a.jsonl": json_lines([transcript_line(1), transcript_line(2)]) + "garbage",
    "claude_code/ben/projects/-home-ben-shop/b.jsonl": json_lines([transcript_line(3)]),
    "git/x/commits.jsonl": json_lines([commit(1)]),
    "litellm/a.jsonl": json_lines([spend_log(1)]),
    "litellm/b.jsonl": json_lines([spend_log(2)]),
    "people/members.csv": csv_text(["person_id", "email"], ["p-1", "ada@acme.example"]),
}
# Dies at the n-th call of a function, or right behind it.
_DIES = """
import os, sys
from pathlib import Path
from tokenworth import file_loader, identities, intake, ledger, load, masking
from tokenworth.settings import Settings

where, name, after, calls = eval(sys.argv[1]), sys.argv[2], sys.argv[3] == "True", int(sys.argv[4])
original = getattr(where, name)

def dies(*given, **named):
    global calls
    calls -= 1
    if calls == 0 and not after:
        os._exit(9)
    found = original(*given, **named)
    if calls == 0:
        os._exit(9)
    return found

setattr(where, name, dies)
load.load(Settings(landing=Path(sys.argv[5]), warehouse=Path(sys.argv[6]), key=sys.argv[7], batch_bytes=1000))
"""
_PLACES = [
    ("identities.Pseudonyms", "_remember", True, 3),
    ("ledger.Ledger", "write", True, 2),
    ("intake.Intake", "commit", True, 3),
    ("intake.Intake", "forget", False, 4),
    ("load", "refresh_names", False, 1),
    ("load", "rebuild_identities", False, 1),
    ("load", "rebuild_identities", True, 1),
]


def _told(zone: Zone) -> dict[str, object]:
    everything: dict[str, object] = {**zone.everything()}
    everything["names"] = zone.ask("from raw.names order by all")
    everything["quarantine"] = zone.quarantine()
    everything["ledger"] = zone.ask(
        "select file_key, lines, loaded, quarantined from audit.loads where superseded_at is null order by all"
    )
    everything["identities"] = zone.ask("from ids.identities order by all")
    return everything


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    zone = Zone(tmp_path_factory.mktemp("undisturbed"), key=_KEY)
    for name, content in _FILES.items():
        zone.put(name, content)
    zone.load()
    told = _told(zone)
    zone.close()
    return told


@pytest.mark.parametrize(("where", "name", "after", "calls"), _PLACES)
def test_a_killed_load_is_finished_by_the_next(
    zone: Zone, undisturbed: dict[str, object], where: str, name: str, after: bool, calls: int
) -> None:
    zone.set(key=_KEY)
    for file, content in _FILES.items():
        zone.put(file, content)
    arguments = [where, name, str(after), str(calls), str(zone.landing), str(zone.settings.warehouse), _KEY]
    killed = subprocess.run([sys.executable, "-c", _DIES, *arguments], check=False, env=dict(os.environ))
    assert killed.returncode == 9

    zone.load()

    assert _told(zone) == undisturbed
    assert zone.ask("select count(*) from audit.loads where superseded_at is not null") == [(0,)]
    zone.assert_balanced()
