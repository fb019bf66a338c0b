"""What the tests of faults share: a server that starts runs and kills them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.runs import Runs
from tests.small_warehouses import built
from tests.zone import Zone
from tokenworth.settings import Settings

KEY = "a key for tests of faults only"


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """For `make test`: builds leave out the tests of dbt, which take half of their time and only read."""
    runs = Runs(tmp_path_factory.mktemp("runs"), without_dbt_tests=True)
    yield runs
    runs.stop()


def copy_of(settings: Settings, folder: Path) -> Settings:
    """A warehouse with its landing zone in another folder."""
    for part in ("landing", "warehouse"):
        if (settings.warehouse.parent / part).exists():
            shutil.copytree(settings.warehouse.parent / part, folder / part, symlinks=True)
    return settings.model_copy(update={"landing": folder / "landing", "warehouse": folder / "warehouse"})


@pytest.fixture(scope="session")
def _published(tmp_path_factory: pytest.TempPathFactory, runs: Runs) -> Settings:
    settings = built(tmp_path_factory.mktemp("published"))
    runs.finish(settings, "publish alone")
    return settings


@pytest.fixture
def published(_published: Settings, tmp_path: Path) -> Settings:
    """A small warehouse that was published once."""
    return copy_of(_published, tmp_path / "copy")


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[Zone]:
    """An empty landing zone, whose pseudonyms are the same in every test."""
    zone = Zone(tmp_path, key=KEY)
    yield zone
    zone.close()
