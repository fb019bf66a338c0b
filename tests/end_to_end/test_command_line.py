"""The command line: its exit codes, and what it says to a person."""

from __future__ import annotations

import fcntl
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.end_to_end.network import TOKENWORTH, Ran
from tests.end_to_end.warehouses import nothing_from_outside
from tests.small_warehouses import built, loaded, requests
from tests.zone import Zone
from tokenworth.cli import main
from tokenworth.publish import publish
from tokenworth.settings import Settings


@contextmanager
def _told(*arguments: str) -> Iterator[None]:
    """While the command line is told this, by a person who sees no settings from outside."""
    with nothing_from_outside(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["tokenworth", *arguments])
        yield


def _run(*arguments: str) -> Ran:
    """Runs the command line in this process, which saves seconds of imports a time."""
    out, err = io.StringIO(), io.StringIO()
    with _told(*arguments), redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as exit_:
        main()
    return Ran(int(exit_.value.code or 0), out.getvalue(), err.getvalue(), attempts=None)


def _program(folder: Path, *arguments: str) -> Ran:
    """Runs the installed program in `folder`, without settings from outside."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TOKENWORTH_")}
    done = subprocess.run(
        [TOKENWORTH, *arguments], cwd=folder, env=inherited, capture_output=True, text=True, check=False, timeout=300
    )
    return Ran(done.returncode, done.stdout, done.stderr, None)


def _says(ran: Ran, *words: str) -> None:
    """The message holds these words, and no traceback."""
    assert "Traceback" not in ran.out + ran.err
    for word in words:
        assert word in ran.err, ran.err


@pytest.fixture(scope="module")
def defective(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Settings, str]:
    """A run over a landing zone with a critical defect, where something was published before; and the old id."""
    folder = tmp_path_factory.mktemp("defective")
    loaded(folder, {})
    settings = built(folder, rows=False)
    before = publish(settings).id
    # More than half of a gateway's log in a format of tomorrow.
    Zone(folder).put("litellm/new.jsonl", "".join(json.dumps({"id": n, "cost": 1}) + "\n" for n in range(300)))
    ran = _run("run", "--landing", str(folder / "landing"), "--warehouse", str(folder / "warehouse"))
    return ran, settings, before


def test_a_critical_defect_refuses_publication_with_exit_code_1(defective: tuple[Ran, Settings, str]) -> None:
    ran, _, _ = defective
    assert ran.code == 1


def test_the_refusal_names_rule_table_count_and_example_and_what_to_do(defective: tuple[Ran, Settings, str]) -> None:
    ran, _, _ = defective
    _says(ran, "FORMAT_UNCHANGED", "audit.loads", "1 row breaks it", "litellm", "quarantined 300", "raw.quarantine")


def test_where_publication_is_refused_the_old_one_stays(defective: tuple[Ran, Settings, str]) -> None:
    ran, settings, before = defective
    assert json.loads((settings.published / "manifest.json").read_text("utf-8"))["publication"] == before
    assert "The publication of before stays" in ran.err


def test_what_was_loaded_stands_in_the_books_even_where_publication_is_refused(
    defective: tuple[Ran, Settings, str],
) -> None:
    _, settings, _ = defective
    zone = Zone(settings.warehouse.parent)
    found = zone.ask("select sum(quarantined)::bigint from audit.loads where source = 'litellm'")
    zone.close()
    assert found == [(300,)]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--landing", "nowhere"], ["there is no landing zone at nowhere", "--landing"]),
        (["run", "--lnading", "x"], ["No such option"]),
        (["walk"], ["No such command"]),
        (["load", "--landing", ".", "--source", "jria"], ["no source jria", "jira"]),
        (["build", "--warehouse", "nowhere"], ["there is no warehouse in nowhere", "tokenworth load"]),
        (["unmask", "nobody", "--reason", "to see", "--who", "me"], ["there is no warehouse"]),
    ],
)
def test_wrong_usage_ends_with_exit_code_2_and_says_what_is_wrong(arguments: list[str], words: list[str]) -> None:
    ran = _run(*arguments)
    assert ran.code == 2
    _says(ran, *words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("min_group = many", ["tokenworth.toml"]),
        ('min_group = "many"', ["unreadable configuration", "min_group"]),
        ("min_gruop = 5", ["unreadable configuration", "min_gruop"]),
    ],
)
def test_an_unreadable_configuration_ends_with_exit_code_2(tmp_path: Path, content: str, words: list[str]) -> None:
    (tmp_path / "tokenworth.toml").write_text(content, "utf-8")
    (tmp_path / "landing").mkdir()
    ran = _run("run")
    assert ran.code == 2
    _says(ran, *words)


def test_a_key_that_is_too_short_is_refused_and_not_shown(tmp_path: Path) -> None:
    (tmp_path / "landing").mkdir()
    (tmp_path / "tokenworth.toml").write_text('key = "hunter2"', "utf-8")
    ran = _run("load")
    assert ran.code == 2
    _says(ran, "TOKENWORTH_KEY is shorter than 16 characters")
    assert "hunter2" not in ran.out + ran.err


def test_a_warehouse_that_is_no_database_of_ours_ends_with_exit_code_3_and_is_left_alone(tmp_path: Path) -> None:
    zone = Zone(tmp_path)
    zone.put("litellm/spend.jsonl", requests(1))
    zone.settings.warehouse.mkdir()
    zone.settings.database.write_bytes(b"a diary, and no database" * 500)
    ran = _run("run", "--landing", "landing", "--warehouse", "warehouse")
    assert ran.code == 3
    _says(ran, "warehouse.duckdb is damaged", "Move its folder away")
    assert zone.settings.database.read_bytes() == b"a diary, and no database" * 500


def test_a_second_run_while_one_is_running_ends_with_exit_code_3_and_names_the_first(tmp_path: Path) -> None:
    zone = Zone(tmp_path)
    zone.put("litellm/spend.jsonl", requests(1))
    zone.settings.warehouse.mkdir()
    with (zone.settings.warehouse / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write("process 4711 since yesterday")
        lock.flush()
        ran = _run("run", "--landing", "landing", "--warehouse", "warehouse")
    assert ran.code == 3
    _says(ran, "another run is writing", "process 4711", "Wait until it ends")


def test_only_debug_shows_where_an_error_came_from_and_changes_no_exit_code() -> None:
    plain, debugged = (_run(*debug, "run", "--landing", "nowhere") for debug in ((), ("--debug",)))
    assert "Traceback" not in plain.err
    assert "Traceback" in debugged.err
    assert plain.code == debugged.code == 2
    assert "no landing zone at nowhere" in debugged.err


def test_help_answers_at_once_and_names_every_step(tmp_path: Path) -> None:
    ran = _program(tmp_path, "--help")
    assert ran.code == 0
    for command in "run load check build publish simulate export-git unmask settings".split():
        assert command in ran.out
