"""Loading while files change, and loading that is cut off: nothing is half done, and the next load goes on."""

from __future__ import annotations

import errno
import gzip
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.exports import api_request, json_lines, log_batch, spend_log, transcript_line
from tests.zone import Zone
from tokenworth import file_loader, first_pass
from tokenworth.errors import TokenworthError
from tokenworth.landing import LandedFile
from tokenworth.survey import Survey, UnopenedError

_FILE = "claude_code/ada/projects/s/one.jsonl"
_THEN, _LATER = 1_700_000_000, 1_700_000_500


def _lines(*numbers: int) -> str:
    return json_lines(transcript_line(number) for number in numbers)


def _uuids(zone: Zone) -> list[str]:
    return [uuid for (uuid,) in zone.rows("claude_code_requests", "line_uuid")]


@pytest.mark.parametrize("how", ["fast_lines", "numbered_lines", "documents"])
def test_a_file_that_changes_while_it_is_read_waits_for_the_next_load(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    files = {
        "fast_lines": ("litellm/a.jsonl", json_lines([spend_log(1)])),
        "numbered_lines": ("litellm/a.jsonl", json_lines([spend_log(1)]) + "garbage\n"),
        "documents": ("litellm/a.json", json.dumps(spend_log(1))),
    }
    name, content = files[how]
    path = zone.put(name, content, at=_THEN)
    zone.put("litellm/calm.jsonl", json_lines([spend_log(2)]), at=_THEN)
    zone.put("litellm/calm.json", json_lines([spend_log(3)]), at=_THEN)
    original = getattr(file_loader.read, how)

    def while_it_grows(*given: object) -> str:
        relation: str = original(*given)
        with path.open("a") as file:
            file.write("\n")
        return relation

    with monkeypatch.context() as patched:
        patched.setattr(file_loader.read, how, while_it_grows)
        report = zone.load()
    assert (report.postponed, len(report.readings)) == (1, 2)
    assert zone.rows("litellm_requests", "request_id") == [("chatcmpl-2",), ("chatcmpl-3",)]

    zone.load()

    assert len(zone.rows("litellm_requests", "request_id")) == 3
    zone.assert_balanced()


def test_a_file_that_goes_while_it_is_read_keeps_its_old_rows(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    path = zone.put(_FILE, _lines(1, 2), at=_THEN)
    zone.load()
    zone.put(_FILE, _lines(7), at=_LATER)
    original = file_loader.read.fast_lines

    def while_it_goes(*given: object) -> str:
        path.unlink(missing_ok=True)
        return original(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(file_loader.read, "fast_lines", while_it_goes)

    assert zone.load().postponed == 1
    assert _uuids(zone) == ["uuid-1", "uuid-2"]


def test_a_file_that_cannot_be_opened_is_tried_again_and_keeps_its_rows(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens for a file whose permissions lack; root, who may open any, needs it to be acted."""

    def closed(*_: object) -> None:
        raise UnopenedError("cannot be opened: Permission denied")

    zone.put(_FILE, _lines(1), at=_THEN)
    with monkeypatch.context() as patched:
        patched.setattr(first_pass, "survey", closed)
        for _ in range(2):
            zone.load()
            assert zone.reasons() == [(None, "the file: cannot be opened: Permission denied")]
            zone.assert_balanced()
    zone.load()
    assert _uuids(zone) == ["uuid-1"]
    assert zone.reasons() == []

    zone.put(_FILE, _lines(1, 2), at=_LATER)
    with monkeypatch.context() as patched:
        patched.setattr(first_pass, "survey", closed)
        assert zone.load().postponed == 1
    assert _uuids(zone) == ["uuid-1"]
    zone.load()
    assert _uuids(zone) == ["uuid-1", "uuid-2"]


def _packed(zone: Zone) -> None:
    """Three batches of one packed file each, whose plain bytes are written aside."""
    zone.set(batch_bytes=1)
    for number, name in enumerate("abc"):
        zone.put(f"litellm/{name}.jsonl.gz", gzip.compress(json_lines([spend_log(number)]).encode()))


def test_the_next_batch_is_made_ready_meanwhile_and_no_more(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    _packed(zone)
    ready: list[int] = []
    load = file_loader.FileLoader.load

    def when_the_next_is_there(self: file_loader.FileLoader, *given: Any) -> None:
        until = time.monotonic() + 20
        wanted = min(2, 3 - len(ready))
        while (there := len(list(zone.settings.work.glob("*.in")))) < wanted and time.monotonic() < until:
            time.sleep(0.01)
        ready.append(there)
        load(self, *given)

    monkeypatch.setattr(file_loader.FileLoader, "load", when_the_next_is_there)
    zone.load()
    assert ready == [2, 2, 1]
    assert len(zone.rows("litellm_requests", "request_id")) == 3


def test_what_was_loaded_before_the_disk_was_full_stays(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    _packed(zone)
    surveyed = first_pass.survey

    def until_the_disk_is_full(file: LandedFile, *rest: Any) -> Survey:
        if file.name.endswith("b.jsonl.gz"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return surveyed(file, *rest)

    with monkeypatch.context() as patched, pytest.raises(TokenworthError):
        patched.setattr(first_pass, "survey", until_the_disk_is_full)
        zone.load()
    assert len(zone.rows("litellm_requests", "request_id")) == 1
    zone.load()
    assert len(zone.rows("litellm_requests", "request_id")) == 3


def test_a_kill_between_the_identities_and_the_rows_harms_nothing(zone: Zone, tmp_path: Path) -> None:
    zone.set(key="a key for tests only")
    zone.put(_FILE, _lines(1, 2), at=_THEN)
    zone.put("otel/a.jsonl", json_lines([log_batch(api_request(1))]), at=_THEN)
    (tmp_path / "fresh").mkdir()
    fresh = Zone(tmp_path / "fresh", key="a key for tests only")
    for path in (zone.landing / _FILE, zone.landing / "otel/a.jsonl"):
        fresh.put(str(path.relative_to(zone.landing)), path.read_bytes(), at=_THEN)
    killed = (
        "import os, sys; from pathlib import Path\n"
        "from tokenworth.ledger import Ledger; from tokenworth.load import load\n"
        "from tokenworth.settings import Settings\n"
        "Ledger.write = lambda *given: os._exit(9)\n"
        "load(Settings(landing=Path(sys.argv[1]), warehouse=Path(sys.argv[2]), key='a key for tests only'))\n"
    )
    arguments = [sys.executable, "-c", killed, str(zone.landing), str(zone.settings.warehouse)]
    assert subprocess.run(arguments, check=False, env=dict(os.environ)).returncode == 9
    assert zone.ask("select count(*) from ids.pseudonyms where vocabulary = 'account'") > [(0,)]
    assert zone.ask("select count(*) from audit.loads") == [(0,)]

    zone.load()
    fresh.load()

    assert zone.everything() == fresh.everything()
    assert _uuids(zone) == ["uuid-1", "uuid-2"]
    assert zone.ask("from ids.identities order by all") == fresh.ask("from ids.identities order by all")
