"""Runs that are killed with SIGKILL: after one plain rerun all is as if nobody had disturbed them.

At every named step, where state changes hands, and at random moments, in the middle of a statement or of a file;
several on one warehouse before its rerun.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.exports import csv_text, json_lines, spend_log, transcript_line
from tests.faults.conftest import KEY, copy_of
from tests.faults.held import Held, assert_same, held
from tests.faults.places import IN_BUILD, IN_CHECK, IN_LOAD, IN_PUBLISH
from tests.faults.reader import Reader
from tests.faults.runs import Place, Runs
from tests.small_warehouses import change
from tests.work_exports import commit
from tests.zone import Zone
from tokenworth.settings import Settings
from tokenworth.simulate import simulate
from tokenworth.status import read_status

_FILES = {
    "claude_code/ada/projects/-home-ada-shop/a.jsonl": json_lines([transcript_line(1), transcript_line(2)]) + "garbage",
    "claude_code/ben/projects/-home-ben-shop/b.jsonl": json_lines([transcript_line(3)]),
    "git/x/commits.jsonl": json_lines([commit(1)]),
    "litellm/a.jsonl": json_lines([spend_log(1)]),
    "litellm/b.jsonl": json_lines([spend_log(2)]),
    "people/members.csv": csv_text(["person_id", "email"], ["p-1", "ada@acme.example"]),
}


def _tiny(folder: Path) -> Settings:
    folder.mkdir()
    zone = Zone(folder, key=KEY, batch_bytes=1000)
    for name, content in _FILES.items():
        zone.put(name, content)
    return zone.settings


@pytest.fixture(scope="module")
def loaded_in_peace(tmp_path_factory: pytest.TempPathFactory, runs: Runs) -> Held:
    settings = _tiny(tmp_path_factory.mktemp("peace") / "zone")
    runs.finish(settings, "load")
    return held(settings)


@pytest.mark.parametrize("place", IN_LOAD)
def test_a_killed_load_is_finished_by_the_next(runs: Runs, loaded_in_peace: Held, tmp_path: Path, place: Place) -> None:
    settings = _tiny(tmp_path / "zone")
    runs.kill(settings, "load", at=place)

    ended = runs.finish(settings, "load")

    assert "the run before was killed (load, process" in ended.said
    assert_same(held(settings), loaded_in_peace)


def test_loads_killed_at_random_moments_are_finished_by_the_next(
    runs: Runs, loaded_in_peace: Held, tmp_path: Path
) -> None:
    settings, chance = _tiny(tmp_path / "zone"), Random(7)
    for _ in range(6):
        runs(settings, "load", kill_after=chance.uniform(0.02, 0.6))

    runs.finish(settings, "load")

    assert_same(held(settings), loaded_in_peace)


_A_WEEK_MORE = """
insert into marts.dim_date values (date '2025-03-31');
insert into publication.fct_team_week
    select * replace (date '2025-03-10' as week_start) from publication.fct_team_week;
insert into intermediate.int_usage_by_person_week by name select date '2025-03-10' as week_start, 'core' as team_id,
    'p' || n as person_key, 1 as requests, 10 as total_tokens, 0 as unpriced_tokens from range(6) as people(n);
"""


@pytest.fixture(scope="module")
def published_in_peace(tmp_path_factory: pytest.TempPathFactory, runs: Runs, _published: Settings) -> Held:
    settings = copy_of(_published, tmp_path_factory.mktemp("peace") / "copy")
    change(settings, _A_WEEK_MORE)
    runs.finish(settings, "publish alone")
    return held(settings)


@pytest.mark.parametrize("place", IN_PUBLISH)
def test_a_killed_publication_is_finished_by_the_next(
    runs: Runs, published: Settings, published_in_peace: Held, place: Place
) -> None:
    change(published, _A_WEEK_MORE)
    runs.kill(published, "publish alone", at=place)

    runs.finish(published, "publish alone")

    assert_same(held(published), published_in_peace)
    assert len(list((published.warehouse / "publications").iterdir())) == 2, "of a killed run, and never in force"


def test_no_reader_notices_that_publications_are_killed(runs: Runs, published: Settings, tmp_path: Path) -> None:
    chance = Random(5)
    with Reader(published.published, tmp_path / "seen") as reader:
        for _ in range(6):
            change(published, "update publication.fct_team_week set cost_usd = cost_usd + 1")
            runs(published, "publish alone", kill_after=chance.uniform(0.05, 0.6))
        change(published, "update publication.fct_team_week set cost_usd = cost_usd + 1")
        runs.finish(published, "publish alone")

    reader.assert_saw_whole_publications(at_least=2)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The exports of a dozen people over two weeks, not loaded yet."""
    folder = tmp_path_factory.mktemp("company")
    zone = Zone(folder, key=KEY, batch_bytes=1_500_000)
    simulate(zone.landing, truth=folder / "truth", people=12, weeks=2)
    return zone.settings


_STEPS = (["load"], ["check", "border"], ["build"], ["publish alone"])


@pytest.mark.nightly
def test_what_is_killed_in_every_step_is_finished_by_the_next(runs: Runs, company: Settings, tmp_path: Path) -> None:
    killed, chance = copy_of(company, tmp_path / "killed"), Random(3)
    for step in _STEPS:
        runs.finish(company, *step)
    with Reader(killed.published, tmp_path / "seen") as reader:
        runs(killed, "load", kill_after=chance.uniform(0.3, 1.5))
        runs.kill(killed, "load", at=Place("tokenworth.intake:Intake.commit", "after", 5))
        runs.finish(killed, "load")
        runs.kill(killed, "check", "border", at=IN_CHECK[1])
        runs.kill(killed, "build", at=IN_BUILD[2])
        runs(killed, "build", kill_after=chance.uniform(2, 6))
        refused = runs(killed, "publish")
        for step in _STEPS:
            runs.finish(killed, *step)

    assert refused.code == 3
    assert "the last build was stopped, or failed" in refused.said
    reader.assert_saw_whole_publications(at_least=1)
    assert_same(held(killed), held(company))
    assert read_status(killed).next == []
