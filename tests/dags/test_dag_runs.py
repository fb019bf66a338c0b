"""The DAGs at work over a small organisation: published, refused, corrected and restated.

One story in order, because each start of Airflow takes ten seconds.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from tests.dags.conftest import AIRFLOW
from tests.leaks import found_in, leaks_in, left_behind, secrets_of

_GARBAGE = '{"request_id": "cut in the middle, of somebody@acme.example\n' * 60
# A file that nobody reads, of a person who is in no export.
_STRAY = "litellm/for somebody@acme.example.txt"


@dataclass
class Place:
    """A landing zone with a gateway log that comes broken and whole, and its warehouse; both names have a space."""

    folder: Path
    environment: dict[str, str]

    @property
    def landing(self) -> Path:
        return self.folder / "our landing"

    @property
    def warehouse(self) -> Path:
        return self.folder / "our warehouse"

    @property
    def log(self) -> Path:
        return Path(self.environment["AIRFLOW_HOME"]) / "local.log"

    def put(self, *, whole: bool) -> None:
        """The log of a month in which the gateway changed its format, or the same exported again."""
        lines = (self.landing / "litellm" / "spend_logs_2026-02.jsonl").read_text().splitlines(keepends=True)
        text = "".join(lines[:20]) if whole else _GARBAGE
        (self.landing / "litellm" / "spend_logs_2026-03.jsonl").write_text(text)

    def run(self) -> subprocess.CompletedProcess[str]:
        """What `make run LANDING=… WAREHOUSE=…` does, from another folder and with relative paths."""
        command = [sys.executable, "-m", "tokenworth_airflow.local", "run"]
        where = ["--landing", self.landing.name, "--warehouse", self.warehouse.name]
        return subprocess.run(
            [*command, *where], env=self.environment, cwd=self.folder, check=False, capture_output=True, text=True
        )

    def restate(self, **parameters: object) -> subprocess.CompletedProcess[str]:
        """The third DAG, by Airflow's own command."""
        settings = {"TOKENWORTH_LANDING": str(self.landing), "TOKENWORTH_WAREHOUSE": str(self.warehouse)}
        return subprocess.run(
            [AIRFLOW, "dags", "test", "tokenworth_restate", "--conf", json.dumps(parameters)],
            env=self.environment | settings,
            check=False,
            capture_output=True,
            text=True,
        )

    def published(self) -> str | None:
        manifest = self.warehouse / "published" / "manifest.json"
        return str(json.loads(manifest.read_text())["publication"]) if manifest.exists() else None

    def figures(self) -> list[tuple[object, ...]]:
        """What a BI tool reads of teams and their weeks."""
        with duckdb.connect(str(self.warehouse / "published" / "marts.duckdb"), read_only=True) as connection:
            connection.execute("use marts.marts")
            return connection.execute("from fct_team_week order by all").fetchall()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.warehouse / "warehouse.duckdb"), read_only=True) as connection:
            return connection.execute(query).fetchall()


@dataclass
class Told:
    """How a run ended, what it said, what was published after it, and what stood in the log."""

    code: int
    out: str
    err: str
    published: str | None
    log: str
    figures: list[tuple[object, ...]]


def _told(place: Place, run: subprocess.CompletedProcess[str], since: int = 0) -> Told:
    log = place.log.read_text(errors="replace")[since:] if place.log.exists() else ""
    figures = place.figures() if place.published() else []
    return Told(run.returncode, run.stdout, run.stderr, place.published(), log, figures)


@pytest.fixture(scope="module")
def place(airflow: dict[str, str], exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("a company"), airflow)
    shutil.copytree(exports, place.landing)
    (place.landing / _STRAY).write_text("somebody@acme.example")
    return place


@pytest.fixture(scope="module")
def published(place: Place) -> Told:
    place.put(whole=True)
    return _told(place, place.run())


@pytest.fixture(scope="module")
def refused(place: Place, published: Told) -> Told:
    place.put(whole=False)
    return _told(place, place.run(), since=len(published.log))


@pytest.fixture(scope="module")
def restated(place: Place, refused: Told) -> Told:
    place.put(whole=True)
    return _told(place, place.restate(sources=["litellm"], full_refresh=True))


def test_the_dags_load_build_and_publish_with_progress_and_a_summary(place: Place, published: Told) -> None:
    assert published.code == 0, published.err
    assert published.published is not None
    for line in (
        "DAG tokenworth_load",
        "loading litellm",
        "DAG tokenworth_build",
        "checking what",
        "publishing",
        "DAG tokenworth_divergence",
        "nothing new",
    ):
        assert line in published.out
    assert re.search(r"built: \d+ of \d+", published.out)
    assert "What was loaded" in published.out
    assert published.out.rstrip().splitlines()[-1].strip().startswith("make run")
    assert place.figures() != []


def test_nobody_stands_out_where_nobody_games(place: Place, published: Told) -> None:
    assert place.ask("select rule from audit.findings where rule = 'TEAMS_CONSISTENT'") == []


def test_every_source_is_loaded_by_a_task_and_every_line_accounted_for(place: Place, published: Told) -> None:
    loaded = set(re.findall(r"loading (\w+)", published.out))
    assert len(loaded) == 10
    assert place.ask("select count(distinct source) from marts.audit_loads") == [(10,)]
    assert place.ask("select sum(lines - loaded - duplicates - ignored - quarantined) from marts.audit_loads") == [(0,)]


def test_a_critical_defect_leaves_the_old_publication_and_says_what_to_do(
    place: Place, published: Told, refused: Told
) -> None:
    assert refused.code == 1, refused.err
    assert refused.published == published.published
    for said in (refused.err, refused.log):
        assert "tokenworth_build.check_what_came_in" in said
        assert "FORMAT_UNCHANGED on audit.loads" in said
        assert re.search(r"1 row breaks it, for example \S+", said)
        assert "See raw.quarantine for the reasons" in said
    assert f"The whole log is {place.log}" in refused.err
    assert "Traceback" not in refused.out + refused.err


def test_only_the_source_that_changed_is_loaded_again(refused: Told) -> None:
    assert re.findall(r"loading (\w+)", refused.out) == ["litellm"]


def test_refused_data_is_not_tried_again(refused: Told) -> None:
    assert refused.out.count("checking what came in") == 1
    assert "will be tried again" not in refused.out + refused.log


def test_no_address_of_a_refused_line_reaches_a_log(refused: Told) -> None:
    assert "somebody@" not in refused.log + refused.out + refused.err


def test_restating_reads_again_what_was_asked_for_and_publishes(place: Place, refused: Told, restated: Told) -> None:
    assert restated.code == 0, restated.out[-3000:] + restated.err[-3000:]
    said = restated.out + restated.err
    assert "read again: 4 of 4 (litellm)" in said
    assert "(people)" not in said
    assert restated.published is not None
    assert place.ask("select count(*) from audit.checks where outcome = 'failed' and severity = 'critical'") == [(1,)]


def test_what_was_restated_has_the_figures_of_before(place: Place, published: Told, restated: Told) -> None:
    assert place.figures() == published.figures


def test_nothing_that_is_left_anywhere_tells_of_a_person(
    place: Place, exports: Path, published: Told, refused: Told, restated: Told
) -> None:
    """Neither logs of tasks nor what Airflow keeps of them in its database, nor temporary files, nor the warehouse."""
    private = json.loads((exports.parent / "truth" / "private.json").read_text("utf-8"))
    secrets = [*secrets_of(private), "somebody@acme.example"]
    home = Path(place.environment["AIRFLOW_HOME"])
    assert {path.name for path in left_behind(home)} >= {"airflow.db", "local.log"}
    for folder in (home, Path(place.environment["TMPDIR"]), place.warehouse):
        assert leaks_in(folder, secrets) == {}
    with sqlite3.connect(f"file:{home / 'airflow.db'}?mode=ro", uri=True) as connection:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        kept = {table: str(connection.execute(f'select * from "{table}"').fetchall()) for table in tables}
    assert "find_sources" in kept["xcom"]
    assert {table: found for table, said in kept.items() if (found := found_in(said, secrets))} == {}
    for told in (published, refused, restated):
        assert found_in(told.out + told.err + told.log, secrets) == set()


def test_no_run_opened_a_connection_beyond_this_machine(airflow: dict[str, str], restated: Told) -> None:
    watched = "import socket\ntry: socket.create_connection(('192.0.2.1', 9), 1)\nexcept OSError as e: print(e)"
    proof = subprocess.run(
        [sys.executable, "-c", watched],
        env=airflow | {"TOKENWORTH_TEST_CONNECTIONS": "/dev/null"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert "leaves this machine" in proof.stdout, "the watch itself does not work"
    assert Path(airflow["TOKENWORTH_TEST_CONNECTIONS"]).read_text() == ""
