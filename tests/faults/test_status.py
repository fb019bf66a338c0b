"""`tokenworth status` says what state things are in, whatever state they are in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.exports import json_lines, spend_log
from tests.faults.conftest import KEY
from tests.faults.runs import Place, Runs
from tests.small_warehouses import change
from tests.zone import Zone
from tokenworth.errors import TokenworthError
from tokenworth.settings import Settings
from tokenworth.status import print_status, print_status_as_json, read_status
from tokenworth.summary import print_summary
from tokenworth.writer import sole_writer, whole_run


@pytest.fixture
def filled(keyed: Zone) -> Zone:
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    return keyed


def _everything_in(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(p): (p.lstat().st_size, p.lstat().st_mtime_ns) for p in folder.rglob("*")}


def _shown(settings: Settings, capsys: pytest.CaptureFixture[str]) -> str:
    print_status(settings)
    return " ".join(capsys.readouterr().out.split())


def test_without_a_warehouse_it_says_what_waits_and_makes_none(
    filled: Zone, capsys: pytest.CaptureFixture[str]
) -> None:
    said = _shown(filled.settings, capsys)
    for words in ("nothing runs", "there is none yet", "1 new or changed", "tokenworth run --landing"):
        assert words in said
    assert not filled.settings.warehouse.exists()


def test_without_a_landing_zone_it_says_so(filled: Zone, capsys: pytest.CaptureFixture[str]) -> None:
    settings = filled.settings.model_copy(update={"landing": filled.folder / "nowhere"})
    assert "there is no landing zone at" in _shown(settings, capsys)


def test_it_counts_what_waits_and_names_what_was_refused(filled: Zone, capsys: pytest.CaptureFixture[str]) -> None:
    filled.put("litellm/b.csv", "")
    filled.load()
    filled.put("litellm/c.jsonl", json_lines([spend_log(2)]))
    filled.put("litellm/a.jsonl", json_lines([spend_log(3)]), at=1_700_000_000)
    before = _everything_in(filled.folder)

    status = read_status(filled.settings)

    assert (status.files, status.waiting, status.refused, status.quarantined_lines) == (2, 2, 1, 1)
    assert status.load is not None
    assert status.load.ended_at is not None
    assert status.next[0].startswith("tokenworth run")
    assert "litellm/b.csv: " in _shown(filled.settings, capsys)
    assert _everything_in(filled.folder) == before


def test_it_names_a_run_that_goes_on_and_one_that_was_killed(
    filled: Zone, runs: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    with whole_run(filled.settings), sole_writer(filled.settings, "build"):
        status = read_status(filled.settings)
        assert status.doing is not None
        assert status.next == []
        assert f"running: run: build, process {os.getpid()}" in _shown(filled.settings, capsys)
    runs.kill(filled.settings, "load", at=Place("tokenworth.intake:Intake.commit", "after"))

    assert "a run was killed (load, process" in _shown(filled.settings, capsys)
    status = read_status(filled.settings)
    assert status.interrupted is not None
    assert status.load is not None
    assert status.load.ended_at is None
    assert status.next[0].startswith("tokenworth run")
    filled.load()
    assert read_status(filled.settings).interrupted is None


def test_it_shows_what_stands_outside_while_another_program_holds_the_warehouse(
    published: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    program = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(published.database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        said = _shown(published, capsys)
        holder.communicate(b"\n")
    assert f"process {holder.pid}" in said
    assert published.published.readlink().name in said
    assert "what follows was so after its last step" in said


def test_it_names_the_checks_that_failed_when_they_ran_last(published: Settings) -> None:
    row = (
        "insert into audit.checks by name select 'r' as run_id, now()::timestamp - interval {ago} as checked_at,"
        " 'border' as suite, '{rule}' as rule, '' as sentence, '{severity}' as severity, '' as subject,"
        " '{outcome}' as outcome, 3 as observed"
    )
    change(published, row.format(ago="2 days", rule="MENDED", severity="critical", outcome="failed"))
    change(published, row.format(ago="1 day", rule="MENDED", severity="critical", outcome="passed"))
    assert read_status(published).failing == []
    change(published, row.format(ago="0 days", rule="WRONG", severity="critical", outcome="failed"))
    ((failing,),) = [read_status(published).failing]
    assert (failing.rule, failing.observed) == ("WRONG", 3)


def test_a_build_that_did_not_end_is_said_and_is_not_published(published: Settings, runs: Runs) -> None:
    change(published, "insert into audit.steps values ('build', now()::timestamp, null)")
    refused = runs(published, "publish alone")
    assert refused.code == 3
    assert "some tables are new and some are old" in refused.said
    status = read_status(published)
    assert status.build is not None
    assert status.build.ended_at is None


def test_as_json_it_says_the_same(filled: Zone, capsys: pytest.CaptureFixture[str]) -> None:
    filled.load()
    print_status_as_json(filled.settings)
    said = json.loads(capsys.readouterr().out)
    assert said["warehouse"] == "there"
    assert said["load"]["ended_at"] > said["load"]["began_at"]
    assert KEY not in json.dumps(said)


def test_identities_that_were_lost_are_said_before_anything_else(
    filled: Zone, capsys: pytest.CaptureFixture[str]
) -> None:
    filled.load()
    filled.settings.identities.unlink()
    assert "identities.duckdb is missing: put it back from a backup" in _shown(filled.settings, capsys)
    assert read_status(filled.settings).next == []


def test_nothing_is_summed_up_after_a_build_that_did_not_end(published: Settings) -> None:
    """A rebuild drops what grows before it makes it anew."""
    change(published, "insert or replace into audit.steps values ('build', now()::timestamp, null)")

    with pytest.raises(TokenworthError, match="the last build was stopped, or failed"):
        print_summary(published)
