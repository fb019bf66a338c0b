"""What was thought of, or found by drawing at random: each has a name here, and harms nothing any more."""

from __future__ import annotations

import gzip
import json
import os
import time
from pathlib import Path

import pytest
import zstandard

from expectations.checkpoint import check
from tests.exports import csv_text, json_lines, span, span_batch, spend_log, transcript_line
from tests.hostile.exporters import CANARY, TEXTS
from tests.hostile.test_fuzz import assert_unharmed, put_and_load
from tests.small_warehouses import loaded
from tests.work_exports import github_issue
from tests.zone import Zone
from tokenworth.prices import refresh_prices
from tokenworth.settings import GIB
from tokenworth.warehouse import open_warehouse

_GIB_OF_ZEROS = b"0" * 1024**2

CASES: dict[str, list[tuple[str, bytes]]] = {
    "a name that leads out of the zone, had somebody unpacked it": [("litellm/..%2f..%2fetc.jsonl", b"{}")],
    "names that SQL would run": [
        ("litellm/'; drop table audit.loads; --.jsonl", json_lines([spend_log(1)]).encode()),
        ("litellm/a'], format='csv').jsonl", b"{}\n"),
    ],
    "names that the engine takes for patterns": [
        ("litellm/*.jsonl", json_lines([spend_log(1)]).encode()),
        ("litellm/[a-z]?{x}.jsonl", b"garbage\n"),
    ],
    "a name that turns around, and one of two lines": [
        ("litellm/a\u202elnosj.jsonl", json_lines([spend_log(1)]).encode()),
        ("litellm/a\nb\x1b[31m.jsonl", json_lines([spend_log(2)]).encode()),
    ],
    "an archive that says that its file lies elsewhere": [
        ("litellm/x.jsonl.gz", gzip.compress(b"{}", mtime=0).replace(b"\x1f\x8b\x08\x00", b"\x1f\x8b\x08\x08", 1)[:10]
            + b"../../../tmp/" + CANARY.encode() + b"\x00" + gzip.compress(b"{}", mtime=0)[10:]),
    ],
    "a packed file in a packed file": [("litellm/x.jsonl.gz", gzip.compress(gzip.compress(b"{}\n")))],
    "a million keys": [
        ("litellm/keys.jsonl", json.dumps({**{f"k{n}": n for n in range(10**6)}, **spend_log(1)}).encode() + b"\n"),
    ],
    "objects in objects, ten thousand deep": [
        ("litellm/deep.jsonl", b'{"metadata":' * 10_000 + b"1" + b"}" * 10_000 + b"\n"),
        ("litellm/open.jsonl", b"[" * 100_000),
        ("jira/acme/search/deep.json", b'{"fields":' * 10_000 + b"1" + b"}" * 10_000),
    ],
    "numbers that no machine holds": [
        ("litellm/n.jsonl", b'{"request_id": "x", "startTime": "2026-01-01", "prompt_tokens": 1e999999}\n'
            b'{"request_id": "y", "startTime": "2026-01-01", "prompt_tokens": ' + b"9" * 5000 + b"}\n"),
    ],
    "half a character": [("litellm/s.jsonl", b'{"request_id": "\\ud800", "model": "\\udfff\\ud800"}\n')],
    "cells that are not UTF-8, behind columns that nobody reads": [
        ("people/teams.csv", b"team_id,team_n-ame,parent_team_id\n@SUM(1),\",\",' or 1 --\n-0,a,\xed\xa0\x80,1_000\n"),
        ("people/members.csv", b"person_id,town,email,display_name\np-1,Lyon,a@acme.example,Zo\xeb\n"),
    ],
    "text that a spreadsheet would run, in every cell": [
        ("people/teams.csv", b"team_id,team_name,parent_team_id\n=1+1,@SUM(1),+cmd|' /C calc'!A0\n"),
        ("people/members.csv", f"person_id,email,team_id\n=x,={CANARY},-1\n".encode()),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_case_harms_nothing(zone: Zone, name: str) -> None:
    put_and_load(zone, CASES[name])
    assert_unharmed(zone)


@pytest.mark.parametrize("packed", ["jsonl.gz", "jsonl.zst"])
def test_a_bomb_is_refused_before_it_fills_the_disk(zone: Zone, packed: str) -> None:
    """A gibibyte is what any file may unpack to; the limit is lowered here, so that the test is quick."""
    zone.set(max_unpacked_bytes=32 * 1024**2)
    plain = _GIB_OF_ZEROS * 64
    content = gzip.compress(plain, 1) if packed.endswith("gz") else zstandard.ZstdCompressor().compress(plain)
    zone.put(f"litellm/bomb.{packed}", content)
    put_and_load(zone, [])
    assert zone.reasons(f"litellm/bomb.{packed}") == [(None, "the file: unpacks to more than 33,554,432 bytes")]
    assert_unharmed(zone)


def test_a_small_file_may_not_unpack_to_a_large_one(zone: Zone) -> None:
    assert zone.settings.unpacked_limit(10) == GIB
    assert zone.settings.unpacked_limit(GIB) == 64 * GIB
    assert zone.settings.unpacked_limit(100 * 1024**2) == 200 * 100 * 1024**2


def test_a_title_that_turns_around_is_shown_as_such(zone: Zone) -> None:
    zone.set(keep_titles=True)
    title = "Pay \u202e000,1$\u2066 to\x1b[2J\x00 Eve"
    zone.put("github/acme/shop/issues/1.json", json.dumps(github_issue(1, title=title)))
    zone.load()
    assert zone.row("github_issues", "masked(title_key)") == "Pay \ufffd000,1$\ufffd to\ufffd[2J\ufffd Eve"


def test_so_are_names_of_teams_tools_and_models(zone: Zone) -> None:
    """All three are published as they are said."""
    zone.put("people/teams.csv", "team_id,team_name,parent_team_id\ncore,Co\u202ere\x07,all\n".encode())
    zone.put("otel/a.jsonl", json_lines([span_batch(span(), **{"service.name": "to\u2067ol"})]))
    zone.put("litellm/a.jsonl", json_lines([spend_log(1, model="claude\u202e-opus\x1b")]))
    zone.load()
    assert zone.row("people_teams", "team_name") == "Co\ufffdre\ufffd"
    assert zone.row("otel_chat_spans", "service") == "to\ufffdol"
    zone.close()
    with open_warehouse(zone.settings) as connection:
        refresh_prices(connection)
    assert zone.ask("select model from raw.models where model like '%opus%'") == [("claude\ufffd-opus\ufffd",)]


def test_a_hundred_thousand_models_are_looked_up_in_a_minute(zone: Zone) -> None:
    """Whoever may choose what a model is called, can call each one otherwise."""
    zone.put("litellm/models.jsonl", json_lines(spend_log(n, model=f"model-{n}") for n in range(20_000)))
    zone.load()
    zone.close()
    began = time.process_time()
    with open_warehouse(zone.settings) as connection:
        refresh_prices(connection)
    assert time.process_time() - began < 12
    assert zone.ask("select count(*) from raw.models") == [(20_000,)]


def test_a_text_in_every_field_is_only_text(zone: Zone) -> None:
    """SQL, templates, formulas and control characters in names of models, sessions, branches and files."""
    lines = [spend_log(n, model=text, session_id=text, user=text, api_key=text) for n, text in enumerate(TEXTS)]
    said = [json.dumps(line).encode("utf-8", "surrogatepass") for line in lines]
    said += [json.dumps(transcript_line(n, gitBranch=text, cwd=text)).encode() for n, text in enumerate(TEXTS)]
    put_and_load(zone, [("litellm/all.jsonl", b"\n".join(said[: len(TEXTS)])),
                        ("claude_code/eve/projects/s/all.jsonl", b"\n".join(said[len(TEXTS) :]))])  # fmt: skip
    assert_unharmed(zone)
    assert zone.ask("select count(*) > 20 from raw.litellm_requests") == [(True,)]


def test_data_docs_show_markup_as_text(tmp_path: Path) -> None:
    """A team that is its own ancestor stands there as an example, whatever it is called."""
    team = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    teams = csv_text(["team_id", "team_name", "parent_team_id"], ["core", "Core", "all"], [team, team, team])
    settings = loaded(tmp_path, {"people/teams.csv": teams})
    check(settings, "border")
    pages = "".join(page.read_text("utf-8") for page in (settings.warehouse / "data_docs").rglob("*.html"))
    assert "&lt;script&gt;alert(1)" in pages
    assert "<script>alert(1)" not in pages
    assert "<img src=x" not in pages


def test_a_file_of_a_zone_that_is_a_pipe_stops_nobody(zone: Zone) -> None:
    """Opened, it would wait for a writer for ever."""
    (zone.landing / "litellm").mkdir()
    os.mkfifo(zone.landing / "litellm" / "pipe.jsonl")
    Path(zone.landing / "litellm" / "null.jsonl").symlink_to("/dev/zero")
    put_and_load(zone, [])
    assert_unharmed(zone)
    assert [name for name, _ in zone.unread()] == ["litellm/null.jsonl", "litellm/pipe.jsonl"]
