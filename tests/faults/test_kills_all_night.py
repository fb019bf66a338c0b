"""Two hundred kills of every step, on warehouses that have been published once and are about to be again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random
from subprocess import PIPE

import pytest

from tests.end_to_end.network import TOKENWORTH
from tests.faults.conftest import KEY, copy_of
from tests.faults.held import Held, assert_same, held
from tests.faults.places import IN_BUILD, IN_CHECK, IN_LOAD, IN_PUBLISH
from tests.faults.reader import Reader
from tests.faults.runs import Place, Runs, environment
from tests.zone import Zone
from tokenworth.settings import Settings
from tokenworth.simulate import simulate
from tokenworth.status import read_status

pytestmark = pytest.mark.nightly

_ROUNDS = 11  # ten had 198 kills: one that comes after the end kills nothing
_EARLY, _LATE = 1_750_000_000, 1_750_600_000


@pytest.fixture(scope="module")
def all_night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Builds are whole here, with the tests of dbt."""
    runs = Runs(tmp_path_factory.mktemp("night"), without_dbt_tests=False)
    yield runs
    runs.stop()


@pytest.fixture(scope="module")
def hit() -> set[Place]:
    """Named steps at which a run was killed so far."""
    return set()


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory, all_night: Runs) -> Settings:
    """Published once; since then files have grown, were replaced, and have come."""
    zone = Zone(tmp_path_factory.mktemp("waiting"), key=KEY, batch_bytes=1_500_000)
    simulate(zone.landing, truth=zone.folder / "truth", people=12, weeks=3)
    whole = {path: path.read_bytes() for path in sorted(zone.landing.rglob("*")) if path.is_file()}
    for number, (path, content) in enumerate(whole.items()):
        lines = content.splitlines(keepends=True)
        if number % 5 == 0 and "people" not in path.parts:
            path.unlink()
        elif number % 2 == 0 and path.suffix in (".jsonl", ".csv") and len(lines) > 2:
            path.write_bytes(b"".join(lines[: len(lines) * 2 // 3]))
        if path.exists():
            os.utime(path, (_EARLY, _EARLY))
    all_night.finish(zone.settings, "run")
    for path, content in whole.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            os.utime(path, (_LATE, _LATE))
    return zone.settings


@pytest.fixture(scope="module")
def in_peace(tmp_path_factory: pytest.TempPathFactory, all_night: Runs, waiting: Settings) -> Held:
    settings = copy_of(waiting, tmp_path_factory.mktemp("peace") / "copy")
    before = settings.published.readlink()
    all_night.finish(settings, "run")
    assert settings.published.readlink() != before, "nothing would be published anew"
    return held(settings)


@pytest.mark.parametrize("night", range(_ROUNDS))
def test_whatever_was_killed_is_finished_by_one_plain_run(
    all_night: Runs, waiting: Settings, in_peace: Held, hit: set[Place], tmp_path: Path, night: int
) -> None:
    settings, chance = copy_of(waiting, tmp_path / "copy"), Random(night)

    def kill(*command: str, places: list[Place], named: int, random: int, within: float) -> None:
        """Those places first that no run has died at yet."""
        order = sorted(places, key=lambda place: (place in hit, chance.random()))
        for place in order[:named]:
            if all_night(settings, *command, place=place).killed:
                hit.add(place)
        for _ in range(random):
            all_night(settings, *command, kill_after=chance.uniform(0, within))

    with Reader(settings.published, tmp_path / "seen") as reader:
        kill("load", places=IN_LOAD, named=4, random=4, within=3)
        all_night.finish(settings, "load")
        kill("check", "border", places=IN_CHECK, named=1, random=1, within=4)
        kill("build", places=IN_BUILD, named=2, random=3, within=20)
        refused = all_night(settings, "publish alone")
        all_night.finish(settings, "build")
        kill("check", "publication", places=IN_CHECK, named=0, random=1, within=4)
        kill("publish alone", places=IN_PUBLISH, named=3, random=4, within=1)
        all_night(settings, "run", kill_after=chance.uniform(0, 40))
        all_night.finish(settings, "run")

    assert refused.code == 3, refused.said
    reader.assert_saw_whole_publications(at_least=2)
    assert_same(held(settings), in_peace)
    assert read_status(settings).next == []


def test_there_were_enough_kills_at_every_named_step(all_night: Runs, hit: set[Place]) -> None:
    assert {*IN_LOAD, *IN_BUILD, *IN_CHECK, *IN_PUBLISH} - hit == set()
    assert all_night.kills >= 200


def test_of_two_schedulers_that_start_the_same_run_one_does_it(
    waiting: Settings, in_peace: Held, tmp_path: Path
) -> None:
    settings = copy_of(waiting, tmp_path / "copy")
    both = [
        subprocess.Popen(
            [TOKENWORTH, "run"], cwd=tmp_path, env=os.environ | environment(settings), stderr=PIPE, text=True
        )
        for _ in range(2)
    ]
    said = [run.communicate()[1] for run in both]
    assert sorted(run.returncode for run in both) == [0, 3]
    assert any("another run is writing to" in words for words in said)
    assert_same(held(settings), in_peace)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
def test_a_damaged_warehouse_is_rebuilt_to_the_same_marts(
    all_night: Runs, waiting: Settings, tmp_path: Path, share: float
) -> None:
    """After two publications, with files that grew; nothing is published anew."""
    settings = copy_of(waiting, tmp_path / "copy")
    all_night.finish(settings, "run")
    min((settings.landing / "litellm").iterdir()).unlink()
    all_night.finish(settings, "run")
    before, link = held(settings), settings.published.readlink()
    assert any(part == "tail" for _, part, *_ in before["raw.litellm_requests"]), "nothing came in parts"
    with settings.database.open("r+b") as file:
        file.seek(int(share * settings.database.stat().st_size))
        file.write(os.urandom(200_000))

    all_night.finish(settings, "rebuild")
    all_night.finish(settings, "publish")

    assert_same(held(settings), before)
    assert settings.published.readlink() == link
